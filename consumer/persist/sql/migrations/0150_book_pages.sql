-- The books by pages: which sequence numbers of an outbox stand in events, and which in the table of each kind, a set for
-- each page of 16,384 numbers. Filled by materialized views from whatever is inserted; a row that is inserted again adds
-- nothing to a set. Every insert is counted as a touch of its pages: by that, what was worked out of a page before is
-- known to be old.
CREATE TABLE IF NOT EXISTS book_pages
(
    outbox String COMMENT 'The outbox that accepted the events, app and shard',
    page UInt64 COMMENT 'The sequence numbers from this times 16,384 on',
    entry LowCardinality(String) COMMENT 'event, in events, fact, in the table of the kind, or recount, which only touches',
    kind LowCardinality(String) COMMENT 'The kind of event',
    numbers AggregateFunction(groupBitmap, UInt16) COMMENT 'The numbers that stand, less those before the page',
    newest_received_at SimpleAggregateFunction(max, DateTime64(3, 'UTC')) COMMENT 'When the newest of them was received, UTC, milliseconds',
    touches SimpleAggregateFunction(sum, UInt64) COMMENT 'How often something was inserted into the page, with what was there before',
    touched_at SimpleAggregateFunction(max, DateTime64(3, 'UTC')) COMMENT 'When that was last, UTC, milliseconds'
)
ENGINE = ${CH_AGGREGATING_ENGINE}
ORDER BY (outbox, page, entry, kind)
SETTINGS index_granularity = 64
COMMENT 'Which sequence numbers stand, by page. Rows of one key are merged: read the view page_books';
