-- Events in the order of their ids, narrow: where else an event stands is read from a few rows of it.
CREATE TABLE IF NOT EXISTS event_ids
(
    id_hash UInt64 COMMENT 'cityHash64 of its event_id',
    outbox LowCardinality(String) COMMENT 'The outbox that accepted it, app and shard',
    sequence UInt64 COMMENT 'Its place among all that this outbox accepted',
    received_hour DateTime('UTC') COMMENT 'The hour in which the webhook was received, UTC'
)
ENGINE = ${CH_REPLACING_ENGINE}()
PRIMARY KEY id_hash
ORDER BY (id_hash, outbox, sequence)
SETTINGS index_granularity = 256, min_compress_block_size = 4096
COMMENT 'Every place of every event in the order of a hash of its id. Copies of a row possible';

CREATE MATERIALIZED VIEW IF NOT EXISTS event_ids_of_events TO event_ids
AS
SELECT cityHash64(event_id) AS id_hash, outbox, sequence, toStartOfHour(received_at)::DateTime('UTC') AS received_hour FROM events_rows;
