-- Which partitions were closed and dropped. Written when what stays of their rows is, and before they are dropped: until
-- then it counts nowhere, and from then on the books are the same with the rows and without them.
CREATE TABLE IF NOT EXISTS dropped_partitions
(
    table LowCardinality(String) COMMENT 'events_rows or messages_rows',
    partition UInt32 COMMENT 'The month, as 202409: of receipt for events, of when it happened for messages',
    dropped_at DateTime64(3, 'UTC') COMMENT 'When that was last, UTC, milliseconds'
)
ENGINE = ${CH_REPLACING_ENGINE}(dropped_at)
ORDER BY (table, partition)
COMMENT 'Partitions that are no longer kept, EVENTS_KEEP_DAYS and MESSAGES_KEEP_DAYS. Copies of a row possible';
