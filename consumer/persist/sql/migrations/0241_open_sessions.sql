-- Sessions whose room had no resolution since they started. As room_timeline, whose open lots it shares: a query looks the
-- same question up once. Rooms that have, or had, something open are few; of these alone the latest row is looked for, and
-- of the latest rows alone it is read what is open. A round that was done again may have written a row twice.
CREATE OR REPLACE VIEW open_sessions (
  app_id LowCardinality(String) COMMENT 'The Qiscus app',
  room_key UInt64 COMMENT 'A number for app and room',
  at DateTime64(3, 'UTC') COMMENT 'When the session started, UTC, milliseconds',
  event_id String COMMENT 'The session, in sessions',
  channel LowCardinality(String) COMMENT 'Its channel',
  is_waiting Bool COMMENT 'Whether the customer waited for an agent at the start'
)
COMMENT 'Sessions whose room had no resolution since'
AS
WITH
  (SELECT groupArray(lot) FROM room_touches FINAL WHERE NOT is_done) AS open_lots,
  touched_rooms AS (
    SELECT cityHash64(item.1, item.2) AS room_key
    FROM (SELECT arrayJoin(touched) AS item FROM room_touches WHERE has(open_lots, lot))
  ),
  latest AS (
    SELECT room_key, max(version) AS version
    FROM room_backlog
    WHERE room_key IN (SELECT room_key FROM room_backlog WHERE notEmpty(open))
    GROUP BY room_key
  ),
  kept AS (
    SELECT app_id, room_key, open
    FROM room_backlog
    WHERE notEmpty(open)
      AND (room_key, version) IN (SELECT room_key, version FROM latest)
      AND room_key NOT IN (SELECT room_key FROM touched_rooms)
    LIMIT 1 BY room_key
  )
SELECT app_id, room_key, session.1 AS at, session.2 AS event_id, session.3 AS channel, session.4 AS is_waiting
FROM kept ARRAY JOIN open AS session
UNION ALL
SELECT app_id, room_key, at, event_id, channel, is_waiting
FROM room_timeline
WHERE NOT is_kept AND NOT is_resolution AND NOT has_later_resolution;
