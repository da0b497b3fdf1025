-- What has become of the events of people who were erased: their rows as they are to be, without the person. Nothing
-- here is personal. It is written before any other table is changed, so that a run that was killed can be ended by the
-- next one, and the consumer goes by it: whatever it reads again of an earlier offset is stored as it stands here.
-- A dead letter that could not be decoded has no event: its own id stands for one.
CREATE TABLE IF NOT EXISTS erasures
(
    event_id String COMMENT 'The event, or a dead letter that could not be decoded',
    outbox LowCardinality(String) COMMENT 'The outbox that accepted it, app and shard, empty where that is not known',
    sequence UInt64 COMMENT 'Its place among all that this outbox accepted, 0 where that is not known',
    app_id LowCardinality(String) COMMENT 'The Qiscus app whose webhook it was',
    kind LowCardinality(String) COMMENT 'The kind of event, empty where that is not known',
    occurred_at DateTime64(3, 'UTC') COMMENT 'When it happened, UTC, milliseconds',
    received_at DateTime64(3, 'UTC') COMMENT 'When the webhook was received, UTC, milliseconds',
    payload String COMMENT 'What is left of the body, JSON',
    is_theirs Bool COMMENT 'It was an event of the person, whose columns are emptied, and did not only name them',
    topic LowCardinality(String) COMMENT 'The Kafka topic it came by',
    partition UInt32 COMMENT 'The partition of that topic',
    offset UInt64 COMMENT 'Its offset in that partition',
    chain String COMMENT 'Its link in the chain of its outbox, that of what it was, empty where it had none',
    erased_at DateTime64(3, 'UTC') COMMENT 'When it was erased last, UTC, milliseconds'
)
ENGINE = ${CH_REPLACING_ENGINE}(erased_at)
ORDER BY (event_id, outbox, sequence)
COMMENT 'Events of people who were erased, as they are to be. Of two rows of one event the later one counts';
