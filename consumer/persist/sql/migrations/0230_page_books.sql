-- Each page of the books: as it was sealed, or worked out from its sets. Whoever asks for some pages has these worked out
-- and no others: what is asked of outbox and page goes through unions and groups to the tables, through a join it does not.
CREATE OR REPLACE VIEW page_books
(
    outbox String COMMENT 'The outbox, app and shard',
    page UInt64 COMMENT 'The page of book_pages',
    is_open Bool COMMENT 'It is worked out now, and not sealed',
    numbers UInt64 COMMENT 'Sequence numbers that stand in events',
    places UInt64 COMMENT 'Events, those that share a number too',
    runs Array(Tuple(first UInt64, last UInt64)) COMMENT 'The numbers that stand in events, as ranges, in order',
    newest_received_at DateTime64(3, 'UTC') COMMENT 'When the newest of its events was received, UTC, milliseconds',
    kinds Array(Tuple(kind String, expected UInt64, lacking Array(UInt64), strange Array(UInt64)))
        COMMENT 'By kind: events, numbers that are not in its table, numbers in its table that are not in events'
)
COMMENT 'The books by pages, less foreign places'
AS
WITH
    foreign AS
    (
        SELECT toString(outbox) AS outbox, sequence FROM foreign_places FINAL WHERE is_foreign
    ),
    foreign_pages AS
    (
        SELECT outbox, intDiv(sequence, 16384) AS page, groupBitmapState(toUInt16(sequence % 16384)) AS numbers
        FROM foreign
        GROUP BY outbox, page
    ),
    -- Read once: what stands in a view's place is planned anew at each of its places.
    (SELECT groupArray((outbox, page)) FROM book_open) AS open_pages,
    open AS
    (
        SELECT pair.1 AS outbox, pair.2 AS page FROM (SELECT arrayJoin(open_pages) AS pair)
    ),
    standing AS
    (
        SELECT
            outbox,
            page,
            toString(kind) AS kind,
            groupBitmapMergeStateIf(numbers, entry = 'event') AS events,
            groupBitmapMergeStateIf(numbers, entry = 'fact') AS facts
        FROM book_pages
        WHERE (outbox, page) IN (SELECT outbox, page FROM open)
        GROUP BY outbox, page, kind
    ),
    by_kind AS
    (
        SELECT
            standing.outbox AS outbox,
            standing.page AS page,
            kind,
            bitmapAndnot(events, foreign_pages.numbers) AS own_events,
            bitmapAndnot(facts, foreign_pages.numbers) AS own_facts,
            page * 16384 AS start,
            bitmapCardinality(own_events) AS expected,
            -- Sorted: a small bitmap gives its numbers as they came in.
            if(
                kind = 'unrecognized',
                [],
                arrayMap(number -> start + number, arraySort(bitmapToArray(bitmapAndnot(own_events, own_facts))))
            ) AS lacking,
            arrayMap(number -> start + number, arraySort(bitmapToArray(bitmapAndnot(own_facts, own_events)))) AS strange
        FROM standing
        LEFT JOIN foreign_pages ON foreign_pages.outbox = standing.outbox AND foreign_pages.page = standing.page
    ),
    -- What is told of a page: its kinds, and how many events it has.
    told AS
    (
        SELECT
            outbox, page, kind, own_events, expected, lacking, strange, 0 AS events, toDateTime64(0, 3, 'UTC') AS newest
        FROM by_kind
        UNION ALL
        SELECT
            toString(outbox) AS outbox, page, '', bitmapBuild(emptyArrayUInt16()), 0, [], [], count(), max(received_at)
        FROM event_numbers FINAL
        WHERE (outbox, page) IN (SELECT outbox, page FROM open)
            AND (outbox, sequence) NOT IN (SELECT outbox, sequence FROM foreign)
        GROUP BY outbox, page
    ),
    by_page AS
    (
        SELECT
            outbox,
            page,
            groupBitmapMergeState(own_events) AS stored,
            bitmapCardinality(stored) AS numbers,
            sum(events) AS places,
            max(newest) AS newest_received_at,
            page * 16384 AS start,
            start + bitmapMin(stored) AS first,
            start + bitmapMax(stored) AS last,
            if(
                numbers = 0 OR numbers = last - first + 1,
                [],
                arrayMap(number -> start + number, arraySort(bitmapToArray(stored)))
            ) AS to_look_through,
            arraySplit((number, step) -> step != 1, to_look_through, arrayDifference(to_look_through)) AS split,
            multiIf(
                numbers = 0, [],
                empty(to_look_through), [(first, last)],
                arrayMap(run -> (run[1], run[-1]), split)
            ) AS runs,
            groupArrayIf((kind, expected, lacking, strange), expected > 0 OR notEmpty(strange)) AS kinds
        FROM told
        GROUP BY outbox, page
    )
SELECT outbox, page, true AS is_open, numbers, places, runs, newest_received_at, kinds
FROM by_page
UNION ALL
SELECT outbox, page, false, numbers, places, runs, newest_received_at, kinds
FROM book_seals FINAL
WHERE (outbox, page) NOT IN (SELECT outbox, page FROM open);
