-- Written to by the consumer; read it through the view "resolutions", which never counts an event twice.
-- A row inserted again, after a retry, a crash or a replay, is the same row: its id and its times were fixed when
-- the outbox accepted it, so it has the same sort key and stands in the same partition, and ReplacingMergeTree
-- keeps one of the two.
CREATE TABLE IF NOT EXISTS resolutions_rows
(
    event_id String COMMENT '32 hex digits, the same for every redelivery of the event',
    app_id LowCardinality(String) COMMENT 'The Qiscus app whose webhook it was',
    occurred_at DateTime64(3, 'UTC') COMMENT 'When it happened, UTC, milliseconds, received_at where the payload has no time',
    received_at DateTime64(3, 'UTC') COMMENT 'When the webhook was received, UTC, milliseconds',
    outbox LowCardinality(String) COMMENT 'The outbox that accepted it, app and shard',
    sequence UInt64 COMMENT 'Its place among all that this outbox accepted, 1, 2, 3, without gaps',
    room_id String COMMENT 'The room of the conversation',
    service_id UInt64 COMMENT 'The service that was resolved, 0 when absent',
    channel LowCardinality(String) COMMENT 'Where the customer wrote, wa, qiscus and others, as the vendor spells it',
    agent_id UInt64 COMMENT 'Who resolved it, 0 when absent',
    agent_email String COMMENT 'Their e-mail address',
    agent_name String COMMENT 'Their name',
    agent_role LowCardinality(String) COMMENT 'admin, supervisor, agent or any role that is new',
    customer_id String COMMENT 'The customer, a phone number or an e-mail address as a rule',
    customer_name String COMMENT 'Their name',
    first_comment_id String COMMENT 'The first message of the conversation',
    last_comment_id String COMMENT 'Its last message',
    notes String COMMENT 'What the agent noted, empty when nothing',
    INDEX received_at_range received_at TYPE minmax GRANULARITY 1
)
ENGINE = ${CH_REPLACING_ENGINE}()
PARTITION BY toYYYYMM(occurred_at)
ORDER BY (toStartOfHour(occurred_at), app_id, event_id)
COMMENT 'Someone closed the conversation (Mark As Resolved webhook). Its payload has no time, so occurred_at is received_at. Copies of a row possible: read the view resolutions';
