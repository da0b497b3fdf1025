CREATE MATERIALIZED VIEW ${INBOX}_facts TO sessions_rows AS
WITH
    JSONExtract(payload, 'Tuple(
        channel Tuple(id UInt64, name String, source String),
        payload Tuple(from Tuple(email String, name String), message Tuple(type String, text String),
            room Tuple(id String, name String, options String)),
        room_log Tuple(channel_id UInt64, created_at String, extras String, is_waiting String, name String,
            source String, user_id String))') AS body,
    body.payload AS sent,
    body.room_log AS log,
    JSONExtract(sent.room.options, 'Tuple(source String, channel String,
        channel_details Tuple(channel_id UInt64, name String), is_waiting String)') AS options,
    JSONExtract(log.extras, 'Tuple(user_properties Array(Tuple(key String, value String)))').user_properties
        AS properties
SELECT
    event_id, app_id, occurred_at, received_at, outbox, sequence,
    sent.room.id AS room_id,
    sent.room.name AS room_name,
    multiIf(log.source != '', log.source, options.source != '', options.source,
      options.channel != '', options.channel, body.channel.source) AS channel,
    multiIf(log.channel_id != 0, log.channel_id, options.channel_details.channel_id != 0,
      options.channel_details.channel_id, body.channel.id) AS channel_id,
    if(options.channel_details.name != '', options.channel_details.name, body.channel.name) AS channel_name,
    if(log.user_id != '', log.user_id, sent.from.email) AS customer_id,
    if(log.name != '', log.name, sent.from.name) AS customer_name,
    if(log.is_waiting != '', log.is_waiting, options.is_waiting) IN ('true', '1') AS is_waiting,
    ifNull(parseDateTime64BestEffortOrNull(log.created_at, 3, 'UTC'), occurred_at) AS opened_at,
    sent.message.type AS first_message_type,
    sent.message.text AS first_message_text,
    mapFromArrays(properties.key, properties.value) AS user_properties
FROM ${INBOX}
