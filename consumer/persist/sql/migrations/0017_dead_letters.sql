-- A dead letter is open until its event stands in the table of its kind (unrecognized: in events), so that an event
-- is never both in its table and open.
-- A message that could not be decoded has no such event. It is open until it is sent through again, or until the
-- event that its headers name stands in events: a newer consumer could decode it, and who sends it through again may
-- die before that is recorded.
-- The tables are asked for the sort keys of dead letters alone, so that the view costs what the dead letters cost.
CREATE VIEW IF NOT EXISTS dead_letters AS
WITH
    failed AS (SELECT toStartOfHour(occurred_at), app_id, event_id FROM dead_letters_rows WHERE event_id != ''),
    standing AS
    (
        SELECT 'agent-logout' AS kind, event_id FROM agent_logouts_rows WHERE (toStartOfHour(occurred_at), app_id, event_id) IN (SELECT * FROM failed)
        UNION ALL
        SELECT 'session', event_id FROM sessions_rows WHERE (toStartOfHour(occurred_at), app_id, event_id) IN (SELECT * FROM failed)
        UNION ALL
        SELECT 'resolution', event_id FROM resolutions_rows WHERE (toStartOfHour(occurred_at), app_id, event_id) IN (SELECT * FROM failed)
        UNION ALL
        SELECT 'message', event_id FROM messages_rows WHERE (toStartOfHour(occurred_at), app_id, event_id) IN (SELECT * FROM failed)
        UNION ALL
        SELECT 'allocation', event_id FROM allocations_rows WHERE (toStartOfHour(occurred_at), app_id, event_id) IN (SELECT * FROM failed)
        UNION ALL
        SELECT 'custom-button', event_id FROM button_clicks_rows WHERE (toStartOfHour(occurred_at), app_id, event_id) IN (SELECT * FROM failed)
        UNION ALL
        SELECT 'unrecognized', event_id FROM events_rows WHERE kind = 'unrecognized' AND event_id IN (SELECT event_id FROM dead_letters_rows WHERE kind = 'unrecognized')
    ),
    decoded AS
    (
        SELECT event_id FROM events_rows
        WHERE (toStartOfHour(received_at), outbox, sequence, event_id) IN
        (
            SELECT
                toStartOfHour(parseDateTime64BestEffortOrZero(tryBase64Decode(headers['ce_receivedtime']), 3, 'UTC')),
                tryBase64Decode(headers['ce_outbox']),
                toUInt64OrZero(tryBase64Decode(headers['ce_sequence'])),
                tryBase64Decode(headers['ce_id'])
            FROM dead_letters_rows WHERE event_id = ''
        )
    )
SELECT
    dead_letters_rows.*,
    CAST(if(event_id != '',
        (toString(kind), event_id) NOT IN (SELECT kind, event_id FROM standing),
        id NOT IN (SELECT id FROM dead_letter_redrives)
            AND tryBase64Decode(headers['ce_id']) NOT IN (SELECT event_id FROM decoded)
    ), 'Bool') AS is_open
FROM dead_letters_rows FINAL;
