-- What stays of events whose partition of events_rows was dropped: all that the books count them by, and nothing of what
-- was in them. Written before a partition is dropped, a row for each event, by the keys of events_rows: whoever writes it
-- again adds nothing.
CREATE TABLE IF NOT EXISTS closed_events_rows
(
    outbox LowCardinality(String) COMMENT 'The outbox that accepted it, app and shard',
    sequence UInt64 COMMENT 'Its place among all that this outbox accepted' CODEC(Delta, ZSTD(3)),
    event_id String COMMENT '32 hex digits, the same for every redelivery of the event' CODEC(ZSTD(3)),
    app_id LowCardinality(String) COMMENT 'The Qiscus app whose webhook it was',
    kind LowCardinality(String) COMMENT 'The kind of event, as it stood when its partition was closed',
    occurred_at DateTime64(3, 'UTC') COMMENT 'When it happened, UTC, milliseconds' CODEC(Delta, ZSTD(3)),
    received_at DateTime64(3, 'UTC') COMMENT 'When the webhook was received, UTC, milliseconds' CODEC(Delta, ZSTD(3)),
    has_link Bool COMMENT 'The event after it may be kept: chain is its link, which that one is verified by',
    chain String COMMENT 'Its link in the chain of its outbox, empty where it has none, or where has_link is false',
    is_recognized UInt8 COMMENT 'Its kind is not unrecognized. Read again from Kafka, one that was made a fact later would be'
)
ENGINE = ${CH_REPLACING_ENGINE}(is_recognized)
PARTITION BY toYYYYMM(received_at)
ORDER BY (toStartOfHour(received_at), outbox, sequence, event_id)
COMMENT 'Events that are no longer kept, without their payloads. Copies of a row possible: read the view closed_events';
