-- Up to when an answer about an app is complete, as far as ClickHouse alone can tell.
-- complete_until: every event of the app that was received before it stands in "events" or in a dead letter, open or
-- dismissed.
-- The events of a gap in the sequence numbers are taken to have been received between their two neighbours, so the
-- earlier of these ends what is complete: right for what was received live, and for what was imported (X-Received-At)
-- in the order of its times. Of an import without order, of which just the earliest events are missing, it says too
-- much: look at "missing", which is right in any order.
-- Without a gap it is the time of the newest event. An outbox with nothing in flight does not hold it back, and what
-- is in flight above the highest number of its outbox is not seen from here: as a rule the last two seconds, in an
-- outage of Kafka more. npm run audit asks the Worker and the consumer group for that.
-- Read from the books by pages; when the neighbours of a gap were received is read by their numbers.
CREATE OR REPLACE VIEW completeness
(
    app_id String COMMENT 'The Qiscus app',
    complete_until Nullable(DateTime64(3, 'UTC'))
        COMMENT 'Every event received before it is there, UTC, milliseconds, NULL when the very first is missing',
    events UInt64 COMMENT 'Events that stand in events',
    missing UInt64 COMMENT 'Sequence numbers below the highest of their outbox that are missing',
    dead_letters UInt64 COMMENT 'Events that do not stand in events and wait as open dead letters',
    newest_received_at DateTime64(3, 'UTC') COMMENT 'When the newest event of the app was received, UTC, milliseconds'
)
COMMENT 'Up to when the answers about an app are complete, and how many events are missing'
AS
WITH
    -- Read once, the letters by the text of outbox_books: what stands in a view's place is planned anew at each of its places.
    (
        SELECT groupArray((toString(outbox), toString(kind), sequence, event_id, received_at, is_dismissed))
        FROM dead_letter_places
    ) AS letters,
    (
        SELECT groupArray((
            app_id,
            outbox,
            stored + shared_numbers,
            missing,
            dead_letters,
            newest_received_at,
            -- Not the array itself: each of its edges would carry a copy.
            missing_sequences[1].1 = 1,
            arrayMap(gap -> [toUInt64(gap.1 - 1), gap.2 + 1], missing_sequences)
        ))
        FROM outbox_books
    ) AS books,
    gaps AS
    (
        SELECT
            book.1 AS app_id, book.2 AS outbox, book.3 AS events, book.4 AS missing, book.5 AS dead_letters,
            book.6 AS newest_received_at, book.7 AS begins_with_gap, book.8 AS neighbours
        FROM (SELECT arrayJoin(books) AS book)
    ),
    -- The neighbours of each gap, and 0, which no event has, so that an outbox without gaps is there too.
    edges AS
    (
        SELECT
            * EXCEPT neighbours,
            arrayJoin(arrayConcat([toUInt64(0)], arrayFlatten(neighbours))) AS sequence
        FROM gaps
    ),
    places AS
    (
        SELECT toString(outbox) AS outbox, sequence, received_at
        FROM event_numbers
        WHERE (outbox, page, sequence) IN (SELECT outbox, intDiv(sequence, 16384), sequence FROM edges)
        UNION ALL
        SELECT letter.1, letter.3, letter.5 FROM (SELECT arrayJoin(letters) AS letter)
    ),
    outboxes AS
    (
        SELECT
            any(edges.app_id) AS app_id,
            any(edges.events) AS events,
            any(edges.missing) AS missing,
            any(edges.dead_letters) AS dead_letters,
            any(edges.newest_received_at) AS newest_received_at,
            multiIf(
                missing = 0, NULL,
                any(edges.begins_with_gap), toDateTime64(0, 3, 'UTC'),
                minIf(places.received_at, edges.sequence > 0)
            ) AS gap_from
        FROM places
        RIGHT JOIN edges ON places.outbox = edges.outbox AND places.sequence = edges.sequence
        GROUP BY edges.outbox
    )
SELECT
    app_id,
    if(
        sum(outboxes.missing) = 0,
        toNullable(max(outboxes.newest_received_at)),
        nullIf(min(gap_from), toDateTime64(0, 3, 'UTC'))
    ) AS complete_until,
    sum(outboxes.events) AS events,
    sum(outboxes.missing) AS missing,
    sum(outboxes.dead_letters) AS dead_letters,
    max(outboxes.newest_received_at) AS newest_received_at
FROM outboxes
GROUP BY app_id;
