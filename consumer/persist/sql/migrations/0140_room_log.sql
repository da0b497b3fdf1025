-- Sessions and resolutions once more, in the order of their rooms, so that the history of a room is one range: a room that
-- something arrived for is worked out anew by reading a few hundred rows. Filled by the views below, whoever inserts.
-- Its sort key tells two rows apart where that of sessions_rows and resolutions_rows does.
CREATE TABLE IF NOT EXISTS room_log
(
    app_id LowCardinality(String) COMMENT 'The Qiscus app',
    room_id String COMMENT 'The room',
    at DateTime64(3, 'UTC') COMMENT 'When the session started or the resolution was received, UTC, milliseconds',
    is_resolution Bool COMMENT 'Whether it is a resolution, else it is a session',
    event_id String COMMENT 'The event, in sessions or resolutions',
    sequence UInt64 COMMENT 'Its place among all that its outbox accepted',
    channel LowCardinality(String) COMMENT 'Channel of the session or the resolution',
    channel_name LowCardinality(String) COMMENT 'Name of the channel, of sessions only',
    room_name String COMMENT 'Name of the room, of sessions only',
    customer_id String COMMENT 'The customer',
    customer_name String COMMENT 'Their name',
    is_waiting Bool COMMENT 'Whether the customer waited for an agent at the start, of sessions only',
    agent_id UInt64 COMMENT 'Who resolved it, of resolutions only',
    agent_email LowCardinality(String) COMMENT 'Their e-mail address, of resolutions only',
    agent_name LowCardinality(String) COMMENT 'Their name, of resolutions only',
    agent_role LowCardinality(String) COMMENT 'Their role, of resolutions only',
    has_notes Bool COMMENT 'Whether the agent noted something, of resolutions only'
)
ENGINE = ${CH_REPLACING_ENGINE}()
ORDER BY (app_id, room_id, toStartOfHour(at), is_resolution, event_id)
SETTINGS index_granularity = 512, min_compress_block_size = 16384
COMMENT 'Sessions and resolutions in the order of their rooms. Copies of a row possible: read with FINAL';
