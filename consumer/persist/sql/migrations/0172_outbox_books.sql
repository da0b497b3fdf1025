-- The sequence numbers of each outbox. It numbers its events 1, 2, 3, so whatever is below its highest number and
-- stands neither in "events" nor in a dead letter (open, or dismissed) is missing: lost, or still in flight. What is
-- missing above the highest number cannot be seen from here: npm run audit asks the Worker for it.
-- Foreign places are left out: one number far above the others would make all between them missing.
-- Read from the books by pages; a dead letter's place counts where its page has no event of that number.
CREATE OR REPLACE VIEW outbox_books
(
    app_id String COMMENT 'The Qiscus app',
    outbox String COMMENT 'The outbox, app and shard',
    last_sequence UInt64 COMMENT 'Its highest sequence number',
    stored UInt64 COMMENT 'Sequence numbers that stand in events',
    dead_letters UInt64 COMMENT 'Those that do not and stand in an open dead letter',
    dismissed UInt64 COMMENT 'Those that do neither and stand in a dismissed dead letter',
    missing UInt64 COMMENT 'Those up to the highest that stand in none of these',
    missing_sequences Array(Tuple(first UInt64, last UInt64)) COMMENT 'The missing ones, as ranges, in order',
    shared_numbers UInt64
        COMMENT 'Events with the number of another. If any, the outbox lost its storage and counts from 1 again',
    newest_received_at DateTime64(3, 'UTC') COMMENT 'When the newest of its events was received, UTC, milliseconds'
)
COMMENT 'Sequence numbers per outbox: how many there should be, how many stand, and which are missing'
AS
WITH
    foreign AS
    (
        SELECT toString(outbox) AS outbox, sequence FROM foreign_places FINAL WHERE is_foreign
    ),
    -- Read once, as audit reads them, by the same text: what stands in a view's place is planned anew at each of its places.
    (
        SELECT groupArray((outbox, kind, numbers, places, runs, newest_received_at, lacking, strange)) FROM book_totals
    ) AS totals,
    (
        SELECT groupArray((toString(outbox), toString(kind), sequence, event_id, received_at, is_dismissed))
        FROM dead_letter_places
    ) AS letters,
    outboxes AS
    (
        SELECT
            total.1 AS outbox, total.3 AS numbers, total.4 AS places, total.5 AS runs, total.6 AS newest
        FROM (SELECT arrayJoin(totals) AS total)
        WHERE total.2 = '*' AND total.3 > 0
    ),
    letter_places AS
    (
        SELECT letter.1 AS outbox, letter.3 AS sequence, min(letter.6) AS is_dismissed, max(letter.5) AS newest
        FROM (SELECT arrayJoin(letters) AS letter)
        WHERE (outbox, sequence) NOT IN (SELECT outbox, sequence FROM foreign)
        GROUP BY outbox, sequence
    ),
    letters_alone AS
    (
        SELECT
            letter_places.outbox AS outbox,
            sequence,
            is_dismissed,
            letter_places.newest AS newest,
            arrayExists(run -> sequence BETWEEN run.1 AND run.2, outboxes.runs) AS stands
        FROM letter_places
        LEFT JOIN outboxes ON outboxes.outbox = letter_places.outbox
    ),
    standing AS
    (
        SELECT
            outbox, numbers, places, 0 AS dead, 0 AS dismissed, runs, newest
        FROM outboxes
        UNION ALL
        SELECT
            outbox,
            0,
            0,
            NOT stands AND NOT is_dismissed,
            NOT stands AND is_dismissed,
            if(stands, [], [(sequence, sequence)]),
            newest
        FROM letters_alone
    ),
    books AS
    (
        SELECT
            outbox,
            sum(numbers) AS stored,
            sum(places) AS events,
            sum(dead) AS dead_letters,
            sum(dismissed) AS dismissed_letters,
            max(newest) AS newest,
            arraySort(arrayFlatten(groupArray(runs))) AS runs,
            runs[-1].2 AS last_sequence,
            arrayPopBack(arrayPushFront(runs, (toUInt64(0), toUInt64(0)))) AS runs_before,
            arrayMap((before, run) -> (before.2 + 1, run.1 - 1), runs_before, runs) AS between
        FROM standing
        GROUP BY outbox
    )
SELECT
    splitByChar('/', outbox)[1] AS app_id,
    outbox,
    last_sequence,
    stored,
    dead_letters,
    dismissed_letters AS dismissed,
    last_sequence - stored - dead_letters - dismissed_letters AS missing,
    arrayFilter(gap -> gap.1 <= gap.2, between) AS missing_sequences,
    events - stored AS shared_numbers,
    newest AS newest_received_at
FROM books;
