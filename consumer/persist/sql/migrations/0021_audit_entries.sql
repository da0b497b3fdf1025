-- Where each event stands: "event" in events, "fact" in the table of its kind (unrecognized: in events), "dead" in an
-- open dead letter. Read without FINAL: copies of a row are copies of an entry, for sets of numbers and ids to absorb.
CREATE VIEW IF NOT EXISTS audit_entries
(
    entry String COMMENT 'event, fact or dead',
    outbox LowCardinality(String) COMMENT 'The outbox that accepted the event, app and shard',
    kind LowCardinality(String) COMMENT 'The kind of event',
    sequence UInt64 COMMENT 'Its place among all that this outbox accepted',
    event_id String COMMENT '32 hex digits, the same for every redelivery of the event'
)
COMMENT 'Every place where an event stands, copies possible: what the view audit compares'
AS
SELECT 'event' AS entry, outbox, kind, sequence, event_id FROM events_rows
UNION ALL SELECT 'fact', outbox, toLowCardinality('agent-logout'), sequence, event_id FROM agent_logouts_rows
UNION ALL SELECT 'fact', outbox, toLowCardinality('session'), sequence, event_id FROM sessions_rows
UNION ALL SELECT 'fact', outbox, toLowCardinality('resolution'), sequence, event_id FROM resolutions_rows
UNION ALL SELECT 'fact', outbox, toLowCardinality('message'), sequence, event_id FROM messages_rows
UNION ALL SELECT 'fact', outbox, toLowCardinality('allocation'), sequence, event_id FROM allocations_rows
UNION ALL SELECT 'fact', outbox, toLowCardinality('custom-button'), sequence, event_id FROM button_clicks_rows
UNION ALL SELECT 'fact', outbox, kind, sequence, event_id FROM events_rows WHERE kind = 'unrecognized'
UNION ALL SELECT 'dead', outbox, kind, sequence, event_id FROM dead_letter_places;
