-- Canaries stand apart from events: no answer and no book has to know of them to leave them out.
CREATE TABLE IF NOT EXISTS canaries
(
    event_id String COMMENT '32 hex digits',
    received_at DateTime64(3, 'UTC') COMMENT 'When the Worker sent it, UTC, milliseconds',
    outbox LowCardinality(String) COMMENT 'The outbox that accepted it',
    sequence UInt64 COMMENT 'Its place among all that this outbox accepted, 1, 2, 3, without gaps',
    trace_id String COMMENT 'The W3C trace that it was sent with, 32 hex digits',
    topic LowCardinality(String) COMMENT 'The Kafka topic it came by',
    partition UInt32 COMMENT 'The partition of that topic',
    offset UInt64 COMMENT 'Its offset in that partition, of the copy read last where it was published twice'
)
ENGINE = ${CH_REPLACING_ENGINE}()
ORDER BY (received_at, event_id)
TTL toDateTime(received_at) + INTERVAL 30 DAY
COMMENT 'Events of our own, one a minute, that went the whole path from the Worker to here. No answer counts them';
