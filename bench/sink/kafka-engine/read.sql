CREATE MATERIALIZED VIEW ${INBOX}_read TO ${INBOX} AS
WITH mapFromArrays(_headers.name, _headers.value) AS header
SELECT
    header['ce_outbox'] AS outbox,
    toUInt64(header['ce_sequence']) AS sequence,
    header['ce_id'] AS event_id,
    substring(header['ce_source'], 9) AS app_id,
    substring(header['ce_type'], 24) AS kind,
    toDateTime64(substring(header['ce_time'], 1, 23), 3, 'UTC') AS occurred_at,
    toDateTime64(substring(header['ce_receivedtime'], 1, 23), 3, 'UTC') AS received_at,
    payload,
    _topic AS topic,
    _partition AS partition,
    _offset AS offset,
    header['ce_chain'] AS chain
FROM ${QUEUE}
