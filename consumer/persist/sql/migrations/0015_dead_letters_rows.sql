-- Written to by the consumer, from the topic of dead letters; read it through the view "dead_letters".
-- The id is the event's own, or a hash of where the message stood, so a message that fails again after a replay is
-- the same row; of two failures the later one is kept.
-- A message without a key is another than one with an empty key: Kafka spreads the first over all partitions and
-- holds the second in one. What is sent through again must be what failed.
CREATE TABLE IF NOT EXISTS dead_letters_rows
(
    id String COMMENT 'The event id where it is known, else a hash of topic, partition and offset',
    event_id String COMMENT 'The event id, empty when the message could not be decoded',
    app_id LowCardinality(String) COMMENT 'The Qiscus app, empty when the message could not be decoded',
    kind LowCardinality(String) COMMENT 'The kind of event, empty when the message could not be decoded',
    occurred_at DateTime64(3, 'UTC') COMMENT 'When the event happened, UTC, milliseconds, 1970 when the message could not be decoded',
    stage LowCardinality(String) COMMENT 'Where it failed, decode, normalize or insert',
    reason String COMMENT 'Why it failed, never with content of the payload',
    topic LowCardinality(String) COMMENT 'The Kafka topic it came by',
    partition UInt32 COMMENT 'The partition of that topic',
    offset UInt64 COMMENT 'Its offset in that partition',
    failed_at DateTime64(3, 'UTC') COMMENT 'When it failed last, UTC, milliseconds',
    headers Map(String, String) COMMENT 'The headers of the original message, each value in base64, the values of one that was sent several times with commas between them',
    key Nullable(String) COMMENT 'The key of the original message in base64, NULL when it had none',
    value Nullable(String) COMMENT 'The value of the original message in base64, byte for byte, NULL when it had none'
)
ENGINE = ${CH_REPLACING_ENGINE}(failed_at)
ORDER BY id
COMMENT 'Messages that could not be decoded, normalized or inserted. Copies of a row possible: read the view dead_letters';
