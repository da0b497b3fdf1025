-- The books by pages, summed up: what audit, outbox_books and completeness begin with. They read it as one constant, whose
-- text is the same in each of them, so that a query in which several of them are nested works it out once.
CREATE OR REPLACE VIEW book_totals
(
    outbox String COMMENT 'The outbox, app and shard',
    kind String COMMENT 'A kind of event, or * for the outbox as a whole',
    numbers UInt64 COMMENT 'Sequence numbers that stand in events',
    places UInt64 COMMENT 'Of *: events, those that share a number too',
    runs Array(Tuple(first UInt64, last UInt64)) COMMENT 'Of *: the numbers that stand in events, as ranges, in order',
    newest_received_at DateTime64(3, 'UTC')
        COMMENT 'Of *: when the newest of its events was received, UTC, milliseconds',
    lacking Array(UInt64) COMMENT 'Of a kind: numbers that stand in events and not in its table',
    strange UInt64 COMMENT 'Of a kind: how many stand in its table and not in events'
)
COMMENT 'Sequence numbers by outbox and kind, less foreign places'
AS
WITH
    entries AS
    (
        SELECT
            outbox,
            arrayJoin(
                arrayConcat(
                    [('*', numbers, places, runs, if(numbers > 0, newest_received_at, toDateTime64(0, 3, 'UTC')), [], 0)],
                    arrayMap(
                        of_kind -> (
                            of_kind.1, of_kind.2, 0, [], toDateTime64(0, 3, 'UTC'), of_kind.3, length(of_kind.4)
                        ),
                        kinds
                    )
                )
            ) AS entry
        FROM page_books
    )
SELECT
    outbox,
    entry.1 AS kind,
    sum(entry.2) AS numbers,
    sum(entry.3) AS places,
    arraySort(groupArrayArray(entry.4)) AS runs,
    max(entry.5) AS newest_received_at,
    groupArrayArray(entry.6) AS lacking,
    sum(entry.7) AS strange
FROM entries
GROUP BY outbox, kind;
