-- Events in the order of their outboxes' numbers, narrow: whether two have one number, and when the neighbours of a gap
-- were received, is read from a few pages of it.
CREATE TABLE IF NOT EXISTS event_numbers
(
    outbox LowCardinality(String) COMMENT 'The outbox that accepted it, app and shard',
    page UInt64 COMMENT 'The page of book_pages that its number is in',
    sequence UInt64 COMMENT 'Its place among all that this outbox accepted',
    id_hash UInt64 COMMENT 'cityHash64 of its event_id',
    received_at DateTime64(3, 'UTC') COMMENT 'When the webhook was received, UTC, milliseconds'
)
ENGINE = ${CH_REPLACING_ENGINE}()
PRIMARY KEY (outbox, page)
ORDER BY (outbox, page, sequence, id_hash)
SETTINGS index_granularity = 2048
COMMENT 'Every place of every event in the order of its number. Copies of a row possible';

CREATE MATERIALIZED VIEW IF NOT EXISTS event_numbers_of_events TO event_numbers
AS
SELECT outbox, intDiv(sequence, 16384) AS page, sequence, cityHash64(event_id) AS id_hash, received_at FROM events_rows;
