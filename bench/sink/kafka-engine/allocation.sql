CREATE MATERIALIZED VIEW ${INBOX}_facts TO allocations_rows AS
WITH
    JSONExtract(payload, 'Tuple(
        room_id String, source String, name String, email String, is_resolved String, is_new_session String,
        channel Tuple(source String), latest_service Tuple(id String, resolved_at String),
        candidate_agent Tuple(id String, email String, name String))') AS body
SELECT
    event_id, app_id, occurred_at, received_at, outbox, sequence,
    body.room_id AS room_id,
    if(body.source != '', body.source, body.channel.source) AS channel,
    body.email AS customer_id,
    body.name AS customer_name,
    body.is_resolved IN ('true', '1') AS is_resolved,
    body.is_new_session IN ('true', '1') AS is_new_session,
    toUInt64OrZero(body.candidate_agent.id) AS candidate_agent_id,
    body.candidate_agent.email AS candidate_agent_email,
    body.candidate_agent.name AS candidate_agent_name,
    toUInt64OrZero(body.latest_service.id) AS latest_service_id,
    parseDateTime64BestEffortOrNull(body.latest_service.resolved_at, 3, 'UTC') AS latest_service_resolved_at
FROM ${INBOX}
