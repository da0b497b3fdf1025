-- A block of nothing touches nothing.
CREATE MATERIALIZED VIEW IF NOT EXISTS room_touches_filler TO room_touches AS
SELECT
    generateUUIDv7() AS lot,
    now() AS at,
    groupArray((app_id, room_id, room_log.at, cityHash64(event_id))) AS touched,
    false AS is_done
FROM room_log
HAVING notEmpty(touched);
