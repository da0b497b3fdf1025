-- Written to by the consumer; read it through the view "button_clicks", which never counts an event twice.
-- A row inserted again, after a retry, a crash or a replay, is the same row: its id and its times were fixed when
-- the outbox accepted it, so it has the same sort key and stands in the same partition, and ReplacingMergeTree
-- keeps one of the two.
CREATE TABLE IF NOT EXISTS button_clicks_rows
(
    event_id String COMMENT '32 hex digits, the same for every redelivery of the event',
    app_id LowCardinality(String) COMMENT 'The Qiscus app whose webhook it was',
    occurred_at DateTime64(3, 'UTC') COMMENT 'When it happened, UTC, milliseconds, received_at where the payload has no time',
    received_at DateTime64(3, 'UTC') COMMENT 'When the webhook was received, UTC, milliseconds',
    outbox LowCardinality(String) COMMENT 'The outbox that accepted it, app and shard',
    sequence UInt64 COMMENT 'Its place among all that this outbox accepted, 1, 2, 3, without gaps',
    room_id String COMMENT 'The room of the conversation',
    channel_id UInt64 COMMENT 'The channel, 0 when absent',
    channel_name String COMMENT 'Its name',
    channel_type LowCardinality(String) COMMENT 'The display name of its kind, such as Qiscus Widget, not the spelling that other tables have in channel',
    agent_email String COMMENT 'Who pressed, their e-mail address',
    agent_name String COMMENT 'Their name',
    agent_role LowCardinality(String) COMMENT 'admin, supervisor, agent or any role that is new',
    customer_id String COMMENT 'The customer, a phone number or an e-mail address as a rule',
    customer_name String COMMENT 'Their name',
    notes String COMMENT 'What the agent noted, empty when nothing',
    tags Array(String) COMMENT 'Names of the tags of the room',
    customer_properties Map(String, String) COMMENT 'Properties of the customer by their label',
    additional_info String COMMENT 'What else the button sends, as JSON text',
    INDEX received_at_range received_at TYPE minmax GRANULARITY 1
)
ENGINE = ${CH_REPLACING_ENGINE}()
PARTITION BY toYYYYMM(occurred_at)
ORDER BY (toStartOfHour(occurred_at), app_id, event_id)
COMMENT 'Someone pressed a custom button in a room (Custom Button webhook). Copies of a row possible: read the view button_clicks';
