-- What arrived in room_log and is not worked into kept_timeline yet: a row for each block that was inserted. The rooms of
-- those rows are worked out when somebody asks, all others were kept. Worked off, a row is written once more with is_done,
-- and goes after an hour; should it come back, as a merge may let it, its rooms are only worked out once more.
CREATE TABLE IF NOT EXISTS room_touches
(
    lot UUID COMMENT 'The block, in the order of time',
    at DateTime('UTC') COMMENT 'When it was inserted or worked off, UTC',
    touched Array(Tuple(app_id LowCardinality(String), room_id String, at DateTime64(3, 'UTC'), event UInt64)) COMMENT 'Its rows: the room, when it happened, and the number of the event',
    is_done Bool COMMENT 'Whether it is worked into kept_timeline'
)
ENGINE = ${CH_REPLACING_ENGINE}(is_done)
ORDER BY lot
TTL at + INTERVAL 1 HOUR DELETE WHERE is_done
SETTINGS index_granularity = 16
COMMENT 'Rooms that something arrived for. Of two rows of one lot the one that is done counts';
