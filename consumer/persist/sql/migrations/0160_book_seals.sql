-- What was worked out of a page once: as long as it is not touched again, the books read this, and not its sets. A page
-- need not be full for that, nor in order: what is odd about it is kept by its numbers.
CREATE TABLE IF NOT EXISTS book_seals
(
    outbox String COMMENT 'The outbox, app and shard',
    page UInt64 COMMENT 'The page of book_pages',
    touches UInt64 COMMENT 'How often the page had been touched. More by now: this is old',
    numbers UInt64 COMMENT 'Sequence numbers that stand in events',
    places UInt64 COMMENT 'Events, those that share a number too',
    runs Array(Tuple(first UInt64, last UInt64)) COMMENT 'The numbers that stand in events, as ranges, in order',
    newest_received_at DateTime64(3, 'UTC') COMMENT 'When the newest of its events was received, UTC, milliseconds',
    kinds Array(Tuple(kind String, expected UInt64, lacking Array(UInt64), strange Array(UInt64)))
        COMMENT 'By kind: events, numbers that are not in its table, numbers in its table that are not in events',
    checked AggregateFunction(groupBitmap, UInt16)
        DEFAULT arrayReduce(
            'groupBitmapState',
            arrayMap(number -> toUInt16(number % 16384), arrayFlatten(arrayMap(run -> range(run.1, run.2 + 1), runs)))
        )
        COMMENT 'The numbers whose events were looked for elsewhere',
    sealed_at DateTime64(3, 'UTC') COMMENT 'When it was worked out, UTC, milliseconds'
)
ENGINE = ${CH_REPLACING_ENGINE}(sealed_at)
ORDER BY (outbox, page)
SETTINGS index_granularity = 512
COMMENT 'Pages of the books as they were worked out. Of two rows of a page the later one counts';
