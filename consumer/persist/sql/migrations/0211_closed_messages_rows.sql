-- What stays of messages whose partition of messages_rows was dropped: all that the books count them by. Each place of a
-- message that was accepted twice has a row of its own.
CREATE TABLE IF NOT EXISTS closed_messages_rows
(
    event_id String COMMENT '32 hex digits, the same for every redelivery of the event' CODEC(ZSTD(3)),
    app_id LowCardinality(String) COMMENT 'The Qiscus app whose webhook it was',
    occurred_at DateTime64(3, 'UTC') COMMENT 'When it happened, UTC, milliseconds' CODEC(Delta, ZSTD(3)),
    received_at DateTime64(3, 'UTC') COMMENT 'When the webhook was received, UTC, milliseconds' CODEC(Delta, ZSTD(3)),
    outbox LowCardinality(String) COMMENT 'The outbox that accepted it, app and shard',
    sequence UInt64 COMMENT 'Its place among all that this outbox accepted' CODEC(Delta, ZSTD(3))
)
ENGINE = ${CH_REPLACING_ENGINE}()
PARTITION BY toYYYYMM(occurred_at)
ORDER BY (toStartOfHour(occurred_at), app_id, event_id, outbox, sequence)
COMMENT 'Messages that are no longer kept, without what was written. Copies of a row possible: read the view closed_messages';
