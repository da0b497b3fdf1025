CREATE MATERIALIZED VIEW ${INBOX}_facts TO button_clicks_rows AS
WITH
    JSONExtract(payload, 'Tuple(
        room_id String, agent Tuple(email String, name String, type String),
        customer Tuple(user_id String, name String), channel_id String, channel_name String, channel_type String,
        notes String, tag Array(Tuple(name String)), customer_properties Array(Tuple(label String, value String)),
        additional_info String)') AS body
SELECT
    event_id, app_id, occurred_at, received_at, outbox, sequence,
    body.room_id AS room_id,
    toUInt64OrZero(body.channel_id) AS channel_id,
    body.channel_name AS channel_name,
    body.channel_type AS channel_type,
    body.agent.email AS agent_email,
    body.agent.name AS agent_name,
    body.agent.type AS agent_role,
    body.customer.user_id AS customer_id,
    body.customer.name AS customer_name,
    body.notes AS notes,
    body.tag.name AS tags,
    mapFromArrays(body.customer_properties.label, body.customer_properties.value) AS customer_properties,
    body.additional_info AS additional_info
FROM ${INBOX}
