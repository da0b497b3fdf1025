-- Written to by the consumer; read it through the view "sessions", which never counts an event twice.
-- A row inserted again, after a retry, a crash or a replay, is the same row: its id and its times were fixed when
-- the outbox accepted it, so it has the same sort key and stands in the same partition, and ReplacingMergeTree
-- keeps one of the two.
CREATE TABLE IF NOT EXISTS sessions_rows
(
    event_id String COMMENT '32 hex digits, the same for every redelivery of the event',
    app_id LowCardinality(String) COMMENT 'The Qiscus app whose webhook it was',
    occurred_at DateTime64(3, 'UTC') COMMENT 'When it happened, UTC, milliseconds, received_at where the payload has no time',
    received_at DateTime64(3, 'UTC') COMMENT 'When the webhook was received, UTC, milliseconds',
    outbox LowCardinality(String) COMMENT 'The outbox that accepted it, app and shard',
    sequence UInt64 COMMENT 'Its place among all that this outbox accepted, 1, 2, 3, without gaps',
    room_id String COMMENT 'The room of the conversation',
    room_name String COMMENT 'Its name',
    channel LowCardinality(String) COMMENT 'Where the customer wrote, wa, qiscus and others, as the vendor spells it',
    channel_id UInt64 COMMENT 'The channel, 0 when absent',
    channel_name String COMMENT 'Its name',
    customer_id String COMMENT 'The customer, a phone number or an e-mail address as a rule',
    customer_name String COMMENT 'Their name',
    is_waiting Bool COMMENT 'Whether the customer waits for an agent',
    opened_at DateTime64(3, 'UTC') COMMENT 'When the session was opened, UTC, milliseconds, it can be minutes before occurred_at, the first message',
    first_message_type LowCardinality(String) COMMENT 'text, file_attachment and others',
    first_message_text String COMMENT 'What the customer wrote',
    user_properties Map(String, String) COMMENT 'Properties of the customer by their key',
    INDEX received_at_range received_at TYPE minmax GRANULARITY 1
)
ENGINE = ${CH_REPLACING_ENGINE}()
PARTITION BY toYYYYMM(occurred_at)
ORDER BY (toStartOfHour(occurred_at), app_id, event_id)
COMMENT 'A customer wrote for the first time, or again after the room was resolved (New Session webhook). Copies of a row possible: read the view sessions';
