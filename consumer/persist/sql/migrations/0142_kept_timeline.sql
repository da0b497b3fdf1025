-- Sessions and resolutions in the order of time, each with what stands next to it in its room: what room_timeline says,
-- kept. The consumer works it out for rooms that something arrived for; room_touches says for which it has not yet.
-- By the day before the app: what came last then lies beside no day before it, and FINAL has little to put together.
CREATE TABLE IF NOT EXISTS kept_timeline
(
    app_id LowCardinality(String) COMMENT 'The Qiscus app',
    room_id String COMMENT 'The room',
    room_key UInt64 COMMENT 'A number for app and room, quicker than the two to group, count or look up by',
    at DateTime64(3, 'UTC') COMMENT 'When the session started or the resolution was received, UTC, milliseconds',
    is_resolution Bool COMMENT 'Whether it is a resolution, else it is a session',
    event_id String COMMENT 'The event, in sessions or resolutions',
    channel LowCardinality(String) COMMENT 'Channel of the session or the resolution',
    channel_name LowCardinality(String) COMMENT 'Name of the channel, of sessions only',
    room_name String COMMENT 'Name of the room, of sessions only',
    customer_id String COMMENT 'The customer',
    customer_name String COMMENT 'Their name',
    customer_key UInt64 COMMENT 'A number for app and customer, quicker than the two to count, 0 when the vendor sent no customer',
    is_waiting Bool COMMENT 'Whether the customer waited for an agent at the start, of sessions only',
    agent_id UInt64 COMMENT 'Who resolved it, of resolutions only',
    agent_email LowCardinality(String) COMMENT 'Their e-mail address, of resolutions only',
    agent_name LowCardinality(String) COMMENT 'Their name, of resolutions only',
    agent_role LowCardinality(String) COMMENT 'Their role, of resolutions only',
    has_notes Bool COMMENT 'Whether the agent noted something, of resolutions only',
    next_is_resolution Bool COMMENT 'Whether the next row of the room is a resolution, false also when there is none',
    next_at DateTime64(3, 'UTC') COMMENT 'Its time, 1970 when there is none',
    next_event_id String COMMENT 'Its event, empty when there is none',
    next_channel LowCardinality(String) COMMENT 'Its channel, empty when there is none',
    next_agent_id UInt64 COMMENT 'Who resolved it, 0 when it is no resolution',
    next_agent_email LowCardinality(String) COMMENT 'Their e-mail address, empty when it is no resolution',
    next_agent_name LowCardinality(String) COMMENT 'Their name, empty when it is no resolution',
    next_agent_role LowCardinality(String) COMMENT 'Their role, empty when it is no resolution',
    next_session_at DateTime64(3, 'UTC') COMMENT 'Start of the next session of the room, 1970 when there is none',
    has_later_resolution Bool COMMENT 'Whether any resolution of the room follows',
    previous_is_session Bool COMMENT 'Whether the row of the room before this one is a session, false also when there is none',
    previous_at DateTime64(3, 'UTC') COMMENT 'Its time, 1970 when there is none',
    previous_event_id String COMMENT 'Its event, empty when there is none',
    version UInt64 COMMENT 'When it was worked out, nanoseconds since 1970: of two rows of one event the later one counts',
    is_deleted UInt8 COMMENT '1: the event is in room_log no more'
)
ENGINE = ${CH_REPLACING_ENGINE}(version, is_deleted)
PARTITION BY toYYYYMM(at)
ORDER BY (toDate(at), app_id, toStartOfHour(at), is_resolution, event_id)
COMMENT 'Sessions and resolutions with their neighbours in the room, as far as they are kept: read the view room_timeline';
