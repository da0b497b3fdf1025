-- Events that were accepted more than once: a redelivery after the days of deduplication, or into another shard.
-- The outbox gave such a one a sequence number of its own, so it stands in "events" once for each: the first is the
-- event. Its rows in the table of its kind are one where both have the same sort key. Where the later one has another
-- time (a resolution: its time is that of its receipt) they are two, and answers count it twice.
-- Looked for are the ids that were found at two places when their pages of the books were sealed, and those of pages that
-- are not sealed, by event_ids. Events and facts are read by the sort keys of what is found, those that are no longer
-- kept from closed_events and closed_messages.
CREATE OR REPLACE VIEW repeated_events
(
    event_id String COMMENT '32 hex digits, the same for every redelivery of the event',
    app_id String COMMENT 'The Qiscus app',
    kind String COMMENT 'The kind of event',
    places Array(Tuple(received_at DateTime64(3, 'UTC'), outbox String, sequence UInt64))
        COMMENT 'Where it stands in events, in the order of receipt. The first is the event, the others repeat it',
    table_rows UInt64 COMMENT 'By how many rows the view of its kind counts it, 0 when unrecognized'
)
COMMENT 'Events that stand under several sequence numbers, and how often their table counts them'
AS
WITH
    -- Read once, as is what was found: what stands in a view's place is planned anew at each of its places.
    (SELECT groupArray((outbox, page)) FROM book_open) AS open_pages,
    open AS
    (
        SELECT pair.1 AS outbox, pair.2 AS page FROM (SELECT arrayJoin(open_pages) AS pair)
    ),
    sealed AS
    (
        SELECT outbox, page, checked FROM book_seals FINAL WHERE (outbox, page) IN (SELECT outbox, page FROM open)
    ),
    -- Numbers that were not looked at yet, worked out page by page: a set beside each number would be a copy of it.
    unchecked_numbers AS
    (
        SELECT
            standing.outbox AS outbox,
            standing.page * 16384 + arrayJoin(bitmapToArray(bitmapAndnot(standing.stored, sealed.checked))) AS sequence
        FROM
        (
            SELECT outbox, page, groupBitmapMergeState(numbers) AS stored
            FROM book_pages
            WHERE entry = 'event' AND (outbox, page) IN (SELECT outbox, page FROM open)
            GROUP BY outbox, page
        ) AS standing
        LEFT JOIN sealed ON sealed.outbox = standing.outbox AND sealed.page = standing.page
    ),
    shared_numbers AS
    (
        SELECT toString(outbox) AS outbox, sequence
        FROM event_numbers
        WHERE (outbox, page) IN (SELECT outbox, page FROM open)
        GROUP BY outbox, page, sequence
        HAVING min(id_hash) != max(id_hash)
    ),
    unchecked AS
    (
        SELECT id_hash
        FROM event_numbers
        WHERE (outbox, page) IN (SELECT outbox, page FROM open)
            AND (outbox, sequence) IN (
                SELECT outbox, sequence FROM unchecked_numbers UNION ALL SELECT outbox, sequence FROM shared_numbers
            )
    ),
    (
        SELECT groupArrayArray(suspect_places)
        FROM
        (
            SELECT groupUniqArray((received_hour, outbox, sequence)) AS suspect_places
            FROM event_ids
            WHERE id_hash IN (SELECT id_hash FROM repeated_ids UNION ALL SELECT id_hash FROM unchecked)
            GROUP BY id_hash
            HAVING uniqExact(outbox, sequence) > 1
        )
    ) AS suspects,
    (
        SELECT groupArrayArray(event_places)
        FROM
        (
            SELECT
                groupUniqArray((toString(kind), event_id, app_id, occurred_at, received_at, toString(outbox), sequence))
                    AS event_places
            FROM
            (
                SELECT
                    kind, event_id, app_id, occurred_at, received_at, outbox, sequence,
                    toStartOfHour(received_at) AS received_hour
                FROM events
                UNION ALL
                SELECT
                    kind, event_id, app_id, occurred_at, received_at, outbox, sequence,
                    toStartOfHour(received_at)
                FROM closed_events
            )
            WHERE (received_hour, outbox, sequence) IN (
                SELECT suspect.1, suspect.2, suspect.3 FROM (SELECT arrayJoin(suspects) AS suspect)
            )
            GROUP BY event_id
            HAVING length(event_places) > 1
        )
    ) AS repeated,
    standing AS
    (
        SELECT
            place.1 AS kind, place.2 AS event_id, place.3 AS app_id, place.5 AS received_at, place.6 AS outbox,
            place.7 AS sequence, toStartOfHour(place.4) AS hour, 0 AS is_fact
        FROM (SELECT arrayJoin(repeated) AS place)
        UNION ALL
        SELECT kind, event_id, app_id, received_at, outbox, sequence, hour, 1
        FROM
        (
            SELECT 'agent-logout' AS kind, event_id, app_id, toStartOfHour(occurred_at) AS hour, received_at, outbox, sequence FROM agent_logouts
            UNION ALL
            SELECT 'session', event_id, app_id, toStartOfHour(occurred_at), received_at, outbox, sequence FROM sessions
            UNION ALL
            SELECT 'resolution', event_id, app_id, toStartOfHour(occurred_at), received_at, outbox, sequence FROM resolutions
            UNION ALL
            SELECT 'message', event_id, app_id, toStartOfHour(occurred_at), received_at, outbox, sequence FROM messages
            UNION ALL
            SELECT 'message', event_id, app_id, toStartOfHour(occurred_at), received_at, outbox, sequence FROM closed_messages
            UNION ALL
            SELECT 'allocation', event_id, app_id, toStartOfHour(occurred_at), received_at, outbox, sequence FROM allocations
            UNION ALL
            SELECT 'custom-button', event_id, app_id, toStartOfHour(occurred_at), received_at, outbox, sequence FROM button_clicks
        )
        -- It stands once, outside: its text would be planned for each of the tables. It reaches the sort key of each.
        WHERE (hour, app_id, event_id) IN (
            SELECT toStartOfHour(place.4), place.3, place.2 FROM (SELECT arrayJoin(repeated) AS place)
        )
    )
SELECT
    event_id,
    toString(any(app_id)) AS app_id,
    kind,
    arraySort(groupArrayIf((received_at, outbox, sequence), is_fact = 0)) AS places,
    -- A row of the table has an hour of its own; read again since it was closed, it would be there twice.
    uniqExactIf(hour, is_fact = 1) AS table_rows
FROM standing
GROUP BY event_id, kind
HAVING length(places) > 1;
