-- Events of partitions that were closed and dropped, each once. One that came in again since, and waits to be dropped
-- once more, stands in events as well: whoever reads both counts by outbox, sequence and id.
CREATE OR REPLACE VIEW closed_events
(
    outbox LowCardinality(String) COMMENT 'The outbox that accepted it, app and shard',
    sequence UInt64 COMMENT 'Its place among all that this outbox accepted',
    event_id String COMMENT '32 hex digits, the same for every redelivery of the event',
    app_id LowCardinality(String) COMMENT 'The Qiscus app whose webhook it was',
    kind LowCardinality(String) COMMENT 'The kind of event, as it stood when its partition was closed',
    occurred_at DateTime64(3, 'UTC') COMMENT 'When it happened, UTC, milliseconds',
    received_at DateTime64(3, 'UTC') COMMENT 'When the webhook was received, UTC, milliseconds',
    has_link Bool COMMENT 'The event after it may be kept: chain is its link, which that one is verified by',
    chain String COMMENT 'Its link in the chain of its outbox, empty where it has none, or where has_link is false'
)
COMMENT 'Events that are no longer kept, without their payloads: the books count them on'
AS
SELECT outbox, sequence, event_id, app_id, kind, occurred_at, received_at, has_link, chain
FROM closed_events_rows FINAL
WHERE toYYYYMM(received_at) IN (SELECT partition FROM dropped_partitions WHERE table = 'events_rows')
SETTINGS do_not_merge_across_partitions_select_final = 1;
