-- What the parts of a table looked like when the books were last known to follow its rows. Inserts and merges leave that
-- as it is. Rows that go otherwise (a mutation, a partition that is dropped, a table that is swapped) change it, and the
-- table is counted again.
CREATE TABLE IF NOT EXISTS book_tables
(
    table String COMMENT 'The table of rows',
    state String COMMENT 'Its id, its mutations and its partitions',
    counted_at DateTime64(3, 'UTC') COMMENT 'When that was noted, UTC, milliseconds'
)
ENGINE = ${CH_REPLACING_ENGINE}(counted_at)
ORDER BY table
COMMENT 'Up to which state of each table the books follow its rows. Of two rows the later one counts';
