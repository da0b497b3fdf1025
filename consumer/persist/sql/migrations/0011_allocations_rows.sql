-- Written to by the consumer; read it through the view "allocations", which never counts an event twice.
-- A row inserted again, after a retry, a crash or a replay, is the same row: its id and its times were fixed when
-- the outbox accepted it, so it has the same sort key and stands in the same partition, and ReplacingMergeTree
-- keeps one of the two.
CREATE TABLE IF NOT EXISTS allocations_rows
(
    event_id String COMMENT '32 hex digits, the same for every redelivery of the event',
    app_id LowCardinality(String) COMMENT 'The Qiscus app whose webhook it was',
    occurred_at DateTime64(3, 'UTC') COMMENT 'When it happened, UTC, milliseconds, received_at where the payload has no time',
    received_at DateTime64(3, 'UTC') COMMENT 'When the webhook was received, UTC, milliseconds',
    outbox LowCardinality(String) COMMENT 'The outbox that accepted it, app and shard',
    sequence UInt64 COMMENT 'Its place among all that this outbox accepted, 1, 2, 3, without gaps',
    room_id String COMMENT 'The room of the conversation',
    channel LowCardinality(String) COMMENT 'Where the customer wrote, wa, qiscus and others, as the vendor spells it',
    customer_id String COMMENT 'The customer, a phone number or an e-mail address as a rule',
    customer_name String COMMENT 'Their name',
    is_resolved Bool COMMENT 'Whether the room stood as resolved',
    is_new_session Bool COMMENT 'Whether this opened a session, false also where the vendor did not say',
    candidate_agent_id UInt64 COMMENT 'The agent that the vendor proposes, 0 when none',
    candidate_agent_email String COMMENT 'Their e-mail address',
    candidate_agent_name String COMMENT 'Their name',
    latest_service_id UInt64 COMMENT 'The latest service of the room, 0 when none',
    latest_service_resolved_at Nullable(DateTime64(3, 'UTC')) COMMENT 'When that service was resolved, UTC, milliseconds',
    INDEX received_at_range received_at TYPE minmax GRANULARITY 1
)
ENGINE = ${CH_REPLACING_ENGINE}()
PARTITION BY toYYYYMM(occurred_at)
ORDER BY (toStartOfHour(occurred_at), app_id, event_id)
COMMENT 'A customer wrote and no agent is assigned yet (Custom Agent Allocation webhook). It fires on every such message, so it counts neither sessions nor messages. Copies of a row possible: read the view allocations';
