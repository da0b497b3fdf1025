-- Messages of partitions that were closed and dropped, each place of each once. One that came in again since, and waits
-- to be dropped once more, stands in messages as well.
CREATE OR REPLACE VIEW closed_messages
(
    event_id String COMMENT '32 hex digits, the same for every redelivery of the event',
    app_id LowCardinality(String) COMMENT 'The Qiscus app whose webhook it was',
    occurred_at DateTime64(3, 'UTC') COMMENT 'When it happened, UTC, milliseconds',
    received_at DateTime64(3, 'UTC') COMMENT 'When the webhook was received, UTC, milliseconds',
    outbox LowCardinality(String) COMMENT 'The outbox that accepted it, app and shard',
    sequence UInt64 COMMENT 'Its place among all that this outbox accepted'
)
COMMENT 'Messages that are no longer kept, without what was written: the books count them on'
AS
SELECT event_id, app_id, occurred_at, received_at, outbox, sequence
FROM closed_messages_rows FINAL
WHERE toYYYYMM(occurred_at) IN (SELECT partition FROM dropped_partitions WHERE table = 'messages_rows')
SETTINGS do_not_merge_across_partitions_select_final = 1;
