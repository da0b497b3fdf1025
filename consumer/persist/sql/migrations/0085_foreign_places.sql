-- Places that no outbox has given to an event: when the Worker was asked, after their rows were read, the outbox had not
-- accepted as many. Somebody else wrote them to Kafka. Only the outbox can tell, so npm run audit and the consumer ask
-- it and keep here what they found. A place is no longer foreign once its outbox has come so far, or its rows are gone.
CREATE TABLE IF NOT EXISTS foreign_places
(
    outbox LowCardinality(String) COMMENT 'The outbox that the rows name, app and shard',
    sequence UInt64 COMMENT 'The sequence number that they name, above all that this outbox had accepted',
    is_foreign Bool COMMENT 'It is foreign, and not what was once found to be',
    found_at DateTime64(3, 'UTC') COMMENT 'When that was found, UTC, milliseconds'
)
ENGINE = ${CH_REPLACING_ENGINE}(found_at)
ORDER BY (outbox, sequence)
COMMENT 'Sequence numbers that their outbox never gave out. Of two findings the later one counts';
