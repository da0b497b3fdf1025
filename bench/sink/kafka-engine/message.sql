CREATE MATERIALIZED VIEW ${INBOX}_facts TO messages_rows AS
WITH
    JSONExtract(payload, 'Tuple(
        type String,
        channel Tuple(id UInt64, name String, source String),
        payload Tuple(type String, from Tuple(id String, email String, name String),
            room Tuple(id String, name String, options String), message Tuple(id String, type String, text String)))')
        AS body,
    body.payload AS sent,
    JSONExtract(sent.room.options, 'Tuple(source String, channel String,
        channel_details Tuple(channel_id UInt64, name String), is_resolved String, is_waiting String)') AS options
SELECT
    event_id, app_id, occurred_at, received_at, outbox, sequence,
    sent.room.id AS room_id,
    sent.room.name AS room_name,
    multiIf(options.source != '', options.source, options.channel != '', options.channel, body.channel.source)
      AS channel,
    if(options.channel_details.channel_id != 0, options.channel_details.channel_id, body.channel.id) AS channel_id,
    if(options.channel_details.name != '', options.channel_details.name, body.channel.name) AS channel_name,
    if(sent.from.id NOT IN ('', '0'), sent.from.id, sent.from.email) AS sender_id,
    sent.from.name AS sender_name,
    replaceRegexpOne(if(body.type != '', body.type, sent.type), '^post_comment_?', '') AS via,
    if(sent.message.id = '0', '', sent.message.id) AS message_id,
    sent.message.type AS type,
    sent.message.text AS text,
    options.is_resolved IN ('true', '1') AS is_resolved,
    options.is_waiting IN ('true', '1') AS is_waiting
FROM ${INBOX}
