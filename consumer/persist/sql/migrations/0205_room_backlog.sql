-- Which sessions of a room are open, for each room that ever was touched: the backlog is told from the rooms that have one,
-- whatever history there is. The consumer writes it in the same rounds as kept_timeline.
CREATE TABLE IF NOT EXISTS room_backlog
(
    app_id LowCardinality(String) COMMENT 'The Qiscus app',
    room_key UInt64 COMMENT 'A number for app and room',
    open Array(Tuple(at DateTime64(3, 'UTC'), event_id String, channel LowCardinality(String), is_waiting Bool))
        COMMENT 'Its sessions without a later resolution: start, event, channel, whether the customer waited',
    version UInt64 COMMENT 'When it was worked out, nanoseconds since 1970: of two rows of one room the later one counts'
)
ENGINE = ${CH_REPLACING_ENGINE}(version)
ORDER BY (app_id, room_key)
COMMENT 'Open sessions by room, as far as they are kept: read the view open_sessions';
