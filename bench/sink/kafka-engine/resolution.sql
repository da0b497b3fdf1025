CREATE MATERIALIZED VIEW ${INBOX}_facts TO resolutions_rows AS
WITH
    JSONExtract(payload, 'Tuple(
        channel Tuple(source String),
        customer Tuple(user_id String, name String),
        resolved_by Tuple(id String, email String, name String, type String),
        service Tuple(id String, room_id String, first_comment_id String, last_comment_id String, notes String,
            source String))') AS body,
    body.service AS service
SELECT
    event_id, app_id, occurred_at, received_at, outbox, sequence,
    service.room_id AS room_id,
    toUInt64OrZero(service.id) AS service_id,
    if(service.source != '', service.source, body.channel.source) AS channel,
    toUInt64OrZero(body.resolved_by.id) AS agent_id,
    body.resolved_by.email AS agent_email,
    body.resolved_by.name AS agent_name,
    body.resolved_by.type AS agent_role,
    body.customer.user_id AS customer_id,
    body.customer.name AS customer_name,
    service.first_comment_id AS first_comment_id,
    service.last_comment_id AS last_comment_id,
    service.notes AS notes
FROM ${INBOX}
