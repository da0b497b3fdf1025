-- Events that were found at two places when their pages were sealed: the view repeated_events looks at these, and at what
-- has come in since.
CREATE TABLE IF NOT EXISTS repeated_ids
(
    id_hash UInt64 COMMENT 'cityHash64 of the event_id',
    found_at DateTime64(3, 'UTC') COMMENT 'When that was found, UTC, milliseconds'
)
ENGINE = ${CH_REPLACING_ENGINE}(found_at)
ORDER BY id_hash
COMMENT 'Hashes of ids that have stood under two sequence numbers. Copies of a row possible';
