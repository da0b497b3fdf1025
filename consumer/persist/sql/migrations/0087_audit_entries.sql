-- Where each event stands: "event" in events, "fact" in the table of its kind (unrecognized: in events), "dead" in an
-- open dead letter, "dismissed" in a dismissed one. Facts are read without FINAL: copies of a row are copies of an
-- entry, for sets of numbers and ids to absorb. Events are not: rebuild -- --unrecognized writes a row with another
-- kind over the one that stands.
-- An event that was accepted more than once has its fact, or its dead letter, at one of its places, and which one may
-- change with each merge: the entry is repeated here at each of them. "repeated" marks the places after its first,
-- and "twice" those of them whose row the table counts beside the first.
-- Foreign places are left out: what no outbox accepted is not for its books.
CREATE OR REPLACE VIEW audit_entries
(
    entry String COMMENT 'event, fact, dead, dismissed, repeated or twice',
    outbox LowCardinality(String) COMMENT 'The outbox that accepted the event, app and shard',
    kind LowCardinality(String) COMMENT 'The kind of event',
    sequence UInt64 COMMENT 'Its place among all that this outbox accepted',
    event_id String COMMENT '32 hex digits, the same for every redelivery of the event'
)
COMMENT 'Every place where an event stands, copies possible: what the view audit compares'
AS
WITH
    foreign AS
    (
        SELECT outbox, sequence FROM foreign_places FINAL WHERE is_foreign
    ),
    dead AS
    (
        SELECT event_id, if(min(is_dismissed), 'dismissed', 'dead') AS entry
        FROM dead_letter_places
        GROUP BY event_id
    ),
    repeated_places AS
    (
        SELECT
            arrayJoin(arrayZip(repeated_events.places, arrayEnumerate(repeated_events.places))) AS numbered,
            arrayFilter(
                name -> name != '',
                [
                    if(table_rows > 0, 'fact', ''),
                    dead.entry,
                    if(numbered.2 > 1, 'repeated', ''),
                    if(numbered.2 > 1 AND numbered.2 <= table_rows, 'twice', '')
                ]
            ) AS entries,
            numbered.1.outbox AS outbox,
            repeated_events.kind AS kind,
            numbered.1.sequence AS sequence,
            repeated_events.event_id AS event_id
        FROM repeated_events
        LEFT JOIN dead ON dead.event_id = repeated_events.event_id
    ),
    standing AS
    (
        SELECT 'event' AS entry, outbox, kind, sequence, event_id FROM events
        UNION ALL SELECT 'fact', outbox, toLowCardinality('agent-logout'), sequence, event_id FROM agent_logouts_rows
        UNION ALL SELECT 'fact', outbox, toLowCardinality('session'), sequence, event_id FROM sessions_rows
        UNION ALL SELECT 'fact', outbox, toLowCardinality('resolution'), sequence, event_id FROM resolutions_rows
        UNION ALL SELECT 'fact', outbox, toLowCardinality('message'), sequence, event_id FROM messages_rows
        UNION ALL SELECT 'fact', outbox, toLowCardinality('allocation'), sequence, event_id FROM allocations_rows
        UNION ALL SELECT 'fact', outbox, toLowCardinality('custom-button'), sequence, event_id FROM button_clicks_rows
        UNION ALL SELECT 'fact', outbox, kind, sequence, event_id FROM events WHERE kind = 'unrecognized'
        UNION ALL SELECT if(is_dismissed, 'dismissed', 'dead'), outbox, kind, sequence, event_id FROM dead_letter_places
        UNION ALL
        SELECT arrayJoin(entries), toLowCardinality(outbox), toLowCardinality(kind), sequence, event_id
        FROM repeated_places
    )
SELECT entry, outbox, kind, sequence, event_id
FROM standing
WHERE
    -- The first alone is asked of nearly all rows.
    sequence NOT IN (SELECT sequence FROM foreign)
    OR (outbox, sequence) NOT IN (SELECT outbox, sequence FROM foreign);
