-- A dead letter is settled once its event stands in the table of its kind (unrecognized: in events), so that an event
-- is never both in its table and open.
-- A message that could not be decoded has no such event. It is settled once it is sent through again, or once the
-- event that its headers name stands in events: a newer consumer could decode it, and who sends it through again may
-- die before that is recorded.
-- One that is not settled is open, unless it is dismissed: until it fails again, or is sent through again after all.
-- What was settled stays so when the row that it stood by is no longer kept: closed_events and closed_messages have it.
-- The tables are asked for the sort keys of dead letters alone, so that the view costs what the dead letters cost.
CREATE OR REPLACE VIEW dead_letters
(
    id String COMMENT 'The event id where it is known, else a hash of topic, partition and offset',
    event_id String COMMENT 'The event id, empty when the message could not be decoded',
    app_id LowCardinality(String) COMMENT 'The Qiscus app, empty when the message could not be decoded',
    kind LowCardinality(String) COMMENT 'The kind of event, empty when the message could not be decoded',
    occurred_at DateTime64(3, 'UTC') COMMENT 'When the event happened, UTC, milliseconds, 1970 when not decoded',
    stage LowCardinality(String) COMMENT 'Where it failed, decode, normalize or insert',
    reason String COMMENT 'Why it failed, never with content of the payload',
    topic LowCardinality(String) COMMENT 'The Kafka topic it came by',
    partition UInt32 COMMENT 'The partition of that topic',
    offset UInt64 COMMENT 'Its offset in that partition',
    failed_at DateTime64(3, 'UTC') COMMENT 'When it failed last, UTC, milliseconds',
    headers Map(String, String) COMMENT 'The original headers, values in base64, with commas between several',
    key Nullable(String) COMMENT 'The original key in base64, NULL when it had none',
    value Nullable(String) COMMENT 'The original value in base64, byte for byte, NULL when it had none',
    is_open Bool COMMENT 'It waits for someone to send it through again, or to dismiss it',
    is_dismissed Bool COMMENT 'A person closed it without its event',
    dismissed_at Nullable(DateTime64(3, 'UTC')) COMMENT 'When, UTC, milliseconds, NULL when it is not dismissed',
    dismissed_by Nullable(String) COMMENT 'Who it was, NULL when it is not dismissed',
    dismissed_because Nullable(String) COMMENT 'Why, NULL when it is not dismissed'
)
COMMENT 'Messages that could not be decoded, normalized or inserted, and whether they are still open'
AS
WITH
    failed AS
    (
        SELECT toStartOfHour(occurred_at), app_id, event_id FROM dead_letters_rows WHERE event_id != ''
    ),
    standing AS
    (
        SELECT 'agent-logout' AS kind, event_id FROM agent_logouts_rows
        WHERE (toStartOfHour(occurred_at), app_id, event_id) IN (SELECT * FROM failed)
        UNION ALL
        SELECT 'session', event_id FROM sessions_rows
        WHERE (toStartOfHour(occurred_at), app_id, event_id) IN (SELECT * FROM failed)
        UNION ALL
        SELECT 'resolution', event_id FROM resolutions_rows
        WHERE (toStartOfHour(occurred_at), app_id, event_id) IN (SELECT * FROM failed)
        UNION ALL
        SELECT 'message', event_id FROM messages_rows
        WHERE (toStartOfHour(occurred_at), app_id, event_id) IN (SELECT * FROM failed)
        UNION ALL
        SELECT 'message', event_id FROM closed_messages
        WHERE (toStartOfHour(occurred_at), app_id, event_id) IN (SELECT * FROM failed)
        UNION ALL
        SELECT 'allocation', event_id FROM allocations_rows
        WHERE (toStartOfHour(occurred_at), app_id, event_id) IN (SELECT * FROM failed)
        UNION ALL
        SELECT 'custom-button', event_id FROM button_clicks_rows
        WHERE (toStartOfHour(occurred_at), app_id, event_id) IN (SELECT * FROM failed)
        UNION ALL
        -- Of whatever kind it is by now: rebuild -- --unrecognized may have given it one.
        SELECT 'unrecognized', event_id FROM events_rows
        WHERE event_id IN (SELECT event_id FROM dead_letters_rows WHERE kind = 'unrecognized')
        UNION ALL
        SELECT 'unrecognized', event_id FROM closed_events
        WHERE event_id IN (SELECT event_id FROM dead_letters_rows WHERE kind = 'unrecognized')
    ),
    named_by_headers AS
    (
        SELECT
            toStartOfHour(parseDateTime64BestEffortOrZero(tryBase64Decode(headers['ce_receivedtime']), 3, 'UTC')),
            tryBase64Decode(headers['ce_outbox']),
            toUInt64OrZero(tryBase64Decode(headers['ce_sequence'])),
            tryBase64Decode(headers['ce_id'])
        FROM dead_letters_rows
        WHERE event_id = ''
    ),
    decoded AS
    (
        SELECT event_id FROM events_rows
        WHERE (toStartOfHour(received_at), outbox, sequence, event_id) IN (SELECT * FROM named_by_headers)
        UNION ALL
        SELECT event_id FROM closed_events
        WHERE (toStartOfHour(received_at), outbox, sequence, event_id) IN (SELECT * FROM named_by_headers)
    ),
    redriven AS
    (
        SELECT id, max(redriven_at) AS redriven_at FROM dead_letter_redrives GROUP BY id
    ),
    dismissals AS
    (
        SELECT
            dismissed.id AS dismissed_id,
            dismissed.failed_at AS dismissed_failure,
            toNullable(dismissed.dismissed_at) AS dismissed_when,
            toNullable(toString(dismissed.dismissed_by)) AS dismissed_by,
            toNullable(dismissed.dismissed_because) AS dismissed_because
        FROM (SELECT * FROM dead_letter_dismissals FINAL) AS dismissed
        LEFT JOIN redriven ON redriven.id = dismissed.id
        WHERE dismissed.dismissed_at > redriven.redriven_at
    ),
    letters AS
    (
        SELECT
            *,
            if(
                event_id != '',
                (toString(kind), event_id) IN (SELECT kind, event_id FROM standing),
                id IN (SELECT id FROM redriven)
                    OR tryBase64Decode(headers['ce_id']) IN (SELECT event_id FROM decoded)
            ) AS is_settled
        FROM dead_letters_rows FINAL
    )
SELECT
    letters.* EXCEPT is_settled,
    CAST(NOT is_settled AND dismissals.dismissed_when IS NULL, 'Bool') AS is_open,
    CAST(NOT is_settled AND dismissals.dismissed_when IS NOT NULL, 'Bool') AS is_dismissed,
    if(is_settled, NULL, dismissals.dismissed_when) AS dismissed_at,
    if(is_settled, NULL, dismissals.dismissed_by) AS dismissed_by,
    if(is_settled, NULL, dismissals.dismissed_because) AS dismissed_because
FROM letters
LEFT JOIN dismissals ON dismissals.dismissed_id = letters.id AND dismissals.dismissed_failure = letters.failed_at;
