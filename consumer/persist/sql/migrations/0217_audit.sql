-- The books, two entries for each event. The outbox as a whole (kind '*'): every sequence number up to the highest is
-- in "events" or in a dead letter, open or dismissed. Each kind: every event is in the table of its kind or in a dead
-- letter. What is missing is named by its outbox and sequence number, which in "events" lead to the event and its id.
-- It may be lost or still in flight. ClickHouse alone cannot tell these apart, and knows nothing above the highest
-- number it has: npm run audit can and does.
-- An event that was accepted again, late or in another outbox, has two numbers and one id. Its fact stands for both:
-- the later one is "repeated" and not missing. Where its table has two rows for it, answers count it twice.
-- Right with any number of copies of a row, merged or not: numbers are counted as sets, by pages, of which those that
-- nothing was inserted into since they were sealed are not looked at again. The numbers of an outbox that lost its storage
-- and counts from 1 again stand for two events each: its events are told by their ids, from the rows, and from what stays
-- of those that are no longer kept. All other numbers stay in the books by pages.
CREATE OR REPLACE VIEW audit
(
    app_id String COMMENT 'The Qiscus app',
    outbox String COMMENT 'The outbox, app and shard',
    kind String COMMENT 'A kind of event, or * for the outbox as a whole',
    expected UInt64 COMMENT 'Of *: the highest sequence number. Of a kind: its events in events',
    stored UInt64
        COMMENT 'Those of expected that stand: of * in events, of a kind in its table, unrecognized in events',
    dead_letters UInt64 COMMENT 'Those that do not stand and wait as open dead letters',
    dismissed UInt64 COMMENT 'Those that do not stand and whose dead letters are dismissed',
    missing UInt64 COMMENT 'expected less stored, dead_letters and dismissed',
    missing_sequences Array(Tuple(first UInt64, last UInt64)) COMMENT 'Their sequence numbers as ranges',
    unexpected UInt64
        COMMENT 'Of *: events with the number of another, the outbox lost its storage. Of a kind: rows without event',
    repeated UInt64 COMMENT 'Those of expected accepted before, under another number or in another outbox',
    repeated_sequences Array(Tuple(first UInt64, last UInt64)) COMMENT 'Their numbers as ranges, of a kind only',
    counted_twice UInt64 COMMENT 'Those of repeated with a row of their own: answers count the event twice',
    is_balanced Bool COMMENT 'Nothing is missing, nothing unexpected and nothing counted twice'
)
COMMENT 'The books: per app, outbox and kind what should be there, what is, and what is missing'
AS
WITH
    -- Read once, as outbox_books reads them, by the same text: what stands in a view's place is planned anew at each of its places.
    (
        SELECT groupArray((outbox, kind, numbers, places, runs, newest_received_at, lacking, strange)) FROM book_totals
    ) AS totals,
    (
        SELECT groupArray((toString(outbox), toString(kind), sequence, event_id, received_at, is_dismissed))
        FROM dead_letter_places
    ) AS letters,
    (
        SELECT groupArray(total.1) FROM (SELECT arrayJoin(totals) AS total) WHERE total.2 = '*' AND total.4 > total.3
    ) AS lost_storage,
    (
        SELECT groupArray((event_id, kind, places, table_rows)) FROM repeated_events
    ) AS repeats,
    letter_places AS
    (
        SELECT
            letter.1 AS outbox, letter.2 AS kind, letter.3 AS sequence, letter.4 AS event_id,
            if(letter.6, 'dismissed', 'dead') AS entry
        FROM (SELECT arrayJoin(letters) AS letter)
    ),
    foreign AS
    (
        SELECT toString(outbox) AS outbox, sequence FROM foreign_places FINAL WHERE is_foreign
    ),
    by_kind AS
    (
        SELECT
            total.1 AS outbox, total.2 AS kind, total.3 AS expected, total.7 AS lacking, total.8 AS unexpected
        FROM (SELECT arrayJoin(totals) AS total)
        WHERE kind != '*' AND NOT has(lost_storage, outbox)
    ),
    dead AS
    (
        SELECT event_id, if(countIf(entry = 'dead') > 0, 'dead', 'dismissed') AS entry
        FROM letter_places
        GROUP BY event_id
    ),
    repeated_places AS
    (
        SELECT
            repeated.1 AS event_id,
            repeated.2 AS kind,
            repeated.4 AS table_rows,
            numbered.1.2 AS outbox,
            numbered.1.3 AS sequence,
            arrayFilter(
                name -> name != '',
                [
                    if(table_rows > 0, 'fact', ''),
                    dead.entry,
                    if(numbered.2 > 1, 'repeated', ''),
                    if(numbered.2 > 1 AND numbered.2 <= table_rows, 'twice', '')
                ]
            ) AS entries
        FROM
        (
            SELECT repeated, arrayJoin(arrayZip(repeated.3, arrayEnumerate(repeated.3))) AS numbered, repeated.1 AS event_id
            FROM (SELECT arrayJoin(repeats) AS repeated)
        ) AS of_events
        LEFT JOIN dead ON dead.event_id = of_events.event_id
    ),
    -- What is not told by a page: where an event stands that was accepted again, and dead letters.
    (
        SELECT groupArray((entry, outbox, kind, sequence, event_id))
        FROM
        (
            SELECT arrayJoin(entries) AS entry, outbox, kind, sequence, event_id FROM repeated_places
            UNION ALL
            SELECT entry, outbox, kind, sequence, event_id FROM letter_places
        )
        WHERE (outbox, sequence) NOT IN (SELECT outbox, sequence FROM foreign)
    ) AS found_marks,
    mark_entries AS
    (
        SELECT mark.1 AS entry, mark.2 AS outbox, mark.3 AS kind, mark.4 AS sequence, mark.5 AS event_id
        FROM (SELECT arrayJoin(found_marks) AS mark)
    ),
    marks AS
    (
        SELECT
            outbox,
            kind,
            groupUniqArrayIf(sequence, entry = 'fact') AS facts,
            groupUniqArrayIf(sequence, entry = 'dead') AS dead,
            groupUniqArrayIf(sequence, entry = 'dismissed') AS dismissed,
            groupUniqArrayIf(sequence, entry = 'repeated') AS repeated,
            groupUniqArrayIf(sequence, entry = 'twice') AS twice
        FROM mark_entries
        GROUP BY outbox, kind
    ),
    counted_by_number AS
    (
        SELECT
            by_kind.outbox AS outbox,
            by_kind.kind AS kind,
            expected,
            arrayExcept(lacking, facts) AS not_facts,
            arrayExcept(not_facts, dead) AS not_dead,
            length(not_facts) - length(not_dead) AS dead_letters,
            arraySort(arrayExcept(not_dead, dismissed)) AS missing_numbers,
            length(not_dead) - length(missing_numbers) AS dismissed_letters,
            unexpected,
            arraySort(repeated) AS repeated_numbers,
            length(twice) AS counted_twice
        FROM by_kind
        LEFT JOIN marks ON marks.outbox = by_kind.outbox AND marks.kind = by_kind.kind
    ),
    -- Of outboxes that lost their storage. Where none did, the condition is a constant, and no row is read. It stands once,
    -- outside: a constant is worked out once, but its text is planned in each part of a UNION that names it.
    lost_entries AS
    (
        SELECT arrayJoin(entries) AS entry, outbox, kind, sequence, event_id
        FROM
        (
            SELECT if(kind = 'unrecognized', ['event', 'fact'], ['event']) AS entries,
                toString(outbox) AS outbox, toString(kind) AS kind, sequence, event_id
            FROM events
            UNION ALL
            SELECT if(kind = 'unrecognized', ['event', 'fact'], ['event']),
                toString(outbox), toString(kind), sequence, event_id
            FROM closed_events
            UNION ALL
            SELECT ['fact'], toString(outbox), 'agent-logout', sequence, event_id FROM agent_logouts_rows
            UNION ALL
            SELECT ['fact'], toString(outbox), 'session', sequence, event_id FROM sessions_rows
            UNION ALL
            SELECT ['fact'], toString(outbox), 'resolution', sequence, event_id FROM resolutions_rows
            UNION ALL
            SELECT ['fact'], toString(outbox), 'message', sequence, event_id FROM messages_rows
            UNION ALL
            SELECT ['fact'], toString(outbox), 'message', sequence, event_id FROM closed_messages
            UNION ALL
            SELECT ['fact'], toString(outbox), 'allocation', sequence, event_id FROM allocations_rows
            UNION ALL
            SELECT ['fact'], toString(outbox), 'custom-button', sequence, event_id FROM button_clicks_rows
            UNION ALL
            SELECT [entry], outbox, kind, sequence, event_id FROM mark_entries
        )
        WHERE notEmpty(lost_storage) AND has(lost_storage, outbox)
    ),
    places AS
    (
        SELECT
            outbox,
            kind,
            event_id,
            sequence,
            max(entry = 'event') AS is_event,
            max(entry = 'fact') AS is_fact,
            max(entry = 'dead') AS is_dead,
            max(entry = 'dismissed') AS is_dismissed,
            max(entry = 'repeated') AS is_repeated,
            max(entry = 'twice') AS is_twice
        FROM lost_entries
        WHERE (outbox, sequence) NOT IN (SELECT outbox, sequence FROM foreign)
        GROUP BY outbox, kind, event_id, sequence
    ),
    counted_by_event AS
    (
        SELECT
            outbox,
            kind,
            sum(is_event) AS expected,
            sum(is_event AND NOT is_fact AND is_dead) AS dead_letters,
            sum(is_event AND NOT is_fact AND NOT is_dead AND is_dismissed) AS dismissed_letters,
            arraySort(groupArrayIf(sequence, is_event AND NOT is_fact AND NOT is_dead AND NOT is_dismissed))
                AS missing_numbers,
            sum(is_fact AND NOT is_event) AS unexpected,
            arraySort(groupArrayIf(sequence, is_repeated)) AS repeated_numbers,
            sum(is_twice) AS counted_twice
        FROM places
        GROUP BY outbox, kind
    ),
    counted AS
    (
        SELECT
            outbox, kind, expected, dead_letters, dismissed_letters, missing_numbers, unexpected, repeated_numbers,
            counted_twice
        FROM counted_by_number
        UNION ALL
        SELECT
            outbox, kind, expected, dead_letters, dismissed_letters, missing_numbers, unexpected, repeated_numbers,
            counted_twice
        FROM counted_by_event
    ),
    kinds AS
    (
        SELECT
            *,
            arrayDifference(missing_numbers) AS missing_steps,
            arrayDifference(repeated_numbers) AS repeated_steps,
            arraySplit((number, step) -> step > 1, missing_numbers, missing_steps) AS missing_runs,
            arraySplit((number, step) -> step > 1, repeated_numbers, repeated_steps) AS repeated_runs
        FROM counted
        WHERE expected + unexpected > 0
    ),
    ledger AS
    (
        SELECT
            outbox,
            '*' AS kind,
            last_sequence AS expected,
            stored,
            dead_letters,
            dismissed,
            missing,
            missing_sequences,
            shared_numbers AS unexpected,
            toUInt64(0) AS own_repeated,
            [] AS repeated_sequences,
            toUInt64(0) AS counted_twice
        FROM outbox_books
        UNION ALL
        SELECT
            outbox,
            kind,
            expected,
            expected - dead_letters - dismissed_letters - length(missing_numbers),
            dead_letters,
            dismissed_letters,
            length(missing_numbers),
            if(empty(missing_numbers), [], arrayMap(run -> (run[1], run[-1]), missing_runs)),
            unexpected,
            length(repeated_numbers),
            if(empty(repeated_numbers), [], arrayMap(run -> (run[1], run[-1]), repeated_runs)),
            counted_twice
        FROM kinds
    )
SELECT
    splitByChar('/', outbox)[1] AS app_id,
    outbox,
    kind,
    expected,
    stored,
    dead_letters,
    dismissed,
    missing,
    missing_sequences,
    unexpected,
    if(kind = '*', sum(own_repeated) OVER (PARTITION BY outbox), own_repeated) AS repeated,
    repeated_sequences,
    counted_twice,
    CAST(missing = 0 AND unexpected = 0 AND counted_twice = 0, 'Bool') AS is_balanced
FROM ledger;
