-- Where a dead letter that is open or dismissed stood in its outbox, read from its original headers, which are there
-- also when the message could not be decoded or its event not be inserted. One whose headers tell no place is left
-- out: no sequence number can be crossed off by it.
CREATE OR REPLACE VIEW dead_letter_places
(
    id String COMMENT 'The id of the dead letter',
    event_id String COMMENT '32 hex digits, the same for every redelivery of the event',
    outbox LowCardinality(String) COMMENT 'The outbox that accepted the event, app and shard',
    sequence UInt64 COMMENT 'Its place among all that this outbox accepted',
    kind LowCardinality(String) COMMENT 'The kind of event',
    received_at DateTime64(3, 'UTC') COMMENT 'When the webhook was received, UTC, milliseconds',
    is_dismissed Bool COMMENT 'It is dismissed, and not open'
)
COMMENT 'Dead letters that are open or dismissed, by their place in the outbox'
AS
WITH
    letters AS
    (
        SELECT id, headers, is_dismissed FROM dead_letters WHERE is_open OR is_dismissed
    ),
    places AS
    (
        SELECT
            id,
            tryBase64Decode(headers['ce_id']) AS event_id,
            toLowCardinality(tryBase64Decode(headers['ce_outbox'])) AS outbox,
            toUInt64OrZero(tryBase64Decode(headers['ce_sequence'])) AS sequence,
            tryBase64Decode(headers['ce_type']) AS type,
            toLowCardinality(replaceOne(type, 'com.qiscus.omnichannel.', '')) AS kind,
            parseDateTime64BestEffortOrZero(tryBase64Decode(headers['ce_receivedtime']), 3, 'UTC') AS received_at,
            is_dismissed
        FROM letters
    )
SELECT * EXCEPT type
FROM places
WHERE outbox != '' AND sequence > 0 AND received_at > 0;
