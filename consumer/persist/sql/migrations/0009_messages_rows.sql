-- Written to by the consumer; read it through the view "messages", which never counts an event twice.
-- A row inserted again, after a retry, a crash or a replay, is the same row: its id and its times were fixed when
-- the outbox accepted it, so it has the same sort key and stands in the same partition, and ReplacingMergeTree
-- keeps one of the two.
CREATE TABLE IF NOT EXISTS messages_rows
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
    sender_id String COMMENT 'Who wrote, their e-mail address where they have no id',
    sender_name String COMMENT 'Their name',
    via LowCardinality(String) COMMENT 'mobile from the client side, rest from the REST API',
    message_id String COMMENT 'The message, empty when the vendor sent none',
    type LowCardinality(String) COMMENT 'text, file_attachment and others',
    text String COMMENT 'What was written',
    is_resolved Bool COMMENT 'Whether the room stood as resolved',
    is_waiting Bool COMMENT 'Whether the customer waited for an agent',
    INDEX received_at_range received_at TYPE minmax GRANULARITY 1
)
ENGINE = ${CH_REPLACING_ENGINE}()
PARTITION BY toYYYYMM(occurred_at)
ORDER BY (toStartOfHour(occurred_at), app_id, event_id)
COMMENT 'A customer wrote, or a message was posted through the API (Bot webhook). Copies of a row possible: read the view messages';
