-- Pages to be worked out: never sealed, touched since, or with a foreign place, which no seal knows of.
CREATE OR REPLACE VIEW book_open
(
    outbox String COMMENT 'The outbox, app and shard',
    page UInt64 COMMENT 'The page of book_pages',
    touches UInt64 COMMENT 'How often it has been touched',
    touched_at DateTime64(3, 'UTC') COMMENT 'When that was last, UTC, milliseconds',
    is_foreign Bool COMMENT 'A foreign place is in it, and it cannot be sealed'
)
COMMENT 'Pages of the books that are not sealed'
AS
WITH
    foreign AS
    (
        SELECT toString(outbox) AS outbox, intDiv(sequence, 16384) AS page FROM foreign_places FINAL WHERE is_foreign
    ),
    touched AS
    (
        SELECT outbox, page, sum(touches) AS touches, max(touched_at) AS touched_at FROM book_pages GROUP BY outbox, page
    )
SELECT outbox, page, touches, touched_at, CAST((outbox, page) IN (SELECT outbox, page FROM foreign), 'Bool') AS is_foreign
FROM touched
WHERE (outbox, page, touches) NOT IN (SELECT outbox, page, touches FROM book_seals FINAL) OR is_foreign;
