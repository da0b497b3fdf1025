-- Events that were accepted more than once: a redelivery after the days of deduplication, or into another shard.
-- The outbox gave such a one a sequence number of its own, so it stands in "events" once for each: the first is the
-- event. Its rows in the table of its kind are one where both have the same sort key. Where the later one has another
-- time (a resolution: its time is that of its receipt) they are two, and answers count it twice.
-- Ids are first told apart by 32 bits of a hash, so that few of them need room in memory as texts; the tables of
-- facts are read only when an event is repeated.
-- Measured on ClickHouse 26.7 (chDB), 10 million events and as many facts, two cores: 1.8 s of processor time, 2.1 s
-- when an event is repeated.
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
    suspects AS
    (
        SELECT toUInt32(cityHash64(event_id)) AS hash FROM events GROUP BY hash HAVING count() > 1
    ),
    repeated AS
    (
        SELECT event_id FROM events
        WHERE toUInt32(cityHash64(event_id)) IN (SELECT hash FROM suspects)
        GROUP BY event_id HAVING count() > 1
    ),
    (SELECT groupBitmapState(toUInt32(cityHash64(event_id))) FROM repeated) AS repeated_hashes,
    standing AS
    (
        SELECT
            toString(kind) AS kind, event_id, app_id, received_at, toString(outbox) AS outbox, sequence, 0 AS is_fact
        FROM events
        UNION ALL
        SELECT 'agent-logout', event_id, app_id, received_at, outbox, sequence, 1 FROM agent_logouts
        UNION ALL
        SELECT 'session', event_id, app_id, received_at, outbox, sequence, 1 FROM sessions
        UNION ALL
        SELECT 'resolution', event_id, app_id, received_at, outbox, sequence, 1 FROM resolutions
        UNION ALL
        SELECT 'message', event_id, app_id, received_at, outbox, sequence, 1 FROM messages
        UNION ALL
        SELECT 'allocation', event_id, app_id, received_at, outbox, sequence, 1 FROM allocations
        UNION ALL
        SELECT 'custom-button', event_id, app_id, received_at, outbox, sequence, 1 FROM button_clicks
    )
SELECT
    event_id,
    toString(any(app_id)) AS app_id,
    kind,
    arraySort(groupArrayIf((received_at, outbox, sequence), is_fact = 0)) AS places,
    countIf(is_fact = 1) AS table_rows
FROM standing
WHERE bitmapCardinality(repeated_hashes) > 0 AND bitmapContains(repeated_hashes, toUInt32(cityHash64(event_id)))
GROUP BY event_id, kind
HAVING length(places) > 1;
