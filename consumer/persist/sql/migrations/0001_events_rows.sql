-- Written to by the consumer; read it through the view "events", which never counts an event twice.
-- A row inserted again, after a retry, a crash or a replay, is the same row: its id and its times were fixed when
-- the outbox accepted it, so it has the same sort key and stands in the same partition, and ReplacingMergeTree
-- keeps one of the two.
-- The event id closes the sort key, so that an outbox that lost its storage and counts from 1 again hides nothing.
CREATE TABLE IF NOT EXISTS events_rows
(
    outbox LowCardinality(String) COMMENT 'The outbox that accepted it, app and shard',
    sequence UInt64 COMMENT 'Its place among all that this outbox accepted, 1, 2, 3, without gaps',
    event_id String COMMENT '32 hex digits, the same for every redelivery of the event',
    app_id LowCardinality(String) COMMENT 'The Qiscus app whose webhook it was',
    kind LowCardinality(String) COMMENT 'agent-logout, session, resolution, message, allocation, custom-button or unrecognized',
    occurred_at DateTime64(3, 'UTC') COMMENT 'When it happened, UTC, milliseconds, received_at where the payload has no time',
    received_at DateTime64(3, 'UTC') COMMENT 'When the webhook was received, UTC, milliseconds',
    payload String COMMENT 'The body of the webhook, JSON, less its secrets',
    topic LowCardinality(String) COMMENT 'The Kafka topic it came by',
    partition UInt32 COMMENT 'The partition of that topic',
    offset UInt64 COMMENT 'Its offset in that partition, of the copy read last where it was published twice',
    INDEX occurred_at_range occurred_at TYPE minmax GRANULARITY 1
)
ENGINE = ${CH_REPLACING_ENGINE}()
PARTITION BY toYYYYMM(received_at)
ORDER BY (toStartOfHour(received_at), outbox, sequence, event_id)
COMMENT 'Every accepted event of every kind, the audit log and the source to rebuild every fact from. Copies of a row possible: read the view events';
