-- Who resolves most, how fast, and how much comes back? By window functions over the whole tables.
-- The same numbers as agents of the library.
WITH
  rows_of_rooms AS (
    SELECT app_id, room_id, channel, occurred_at AS at, 0 AS is_resolution, toUInt64(0) AS agent, sequence
    FROM sessions_rows FINAL
    UNION ALL
    SELECT app_id, room_id, channel, occurred_at, 1, agent_id, sequence FROM resolutions_rows FINAL
  ),
  timeline AS (
    SELECT
      *,
      lagInFrame(is_resolution, 1, 1) OVER room AS previous_is_resolution,
      lagInFrame(at) OVER room AS previous_at,
      leadInFrame(is_resolution, 1, 1) OVER room AS next_is_resolution,
      leadInFrame(at) OVER room AS next_at
    FROM rows_of_rooms
    WINDOW room AS (
      PARTITION BY app_id, room_id ORDER BY at, is_resolution, sequence
      ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING
    )
  )
SELECT
  app_id,
  agent AS agent_id,
  countIf(is_in_period) AS resolutions,
  uniqExactIf(room_id, is_in_period) AS rooms,
  countIf(is_of_session) AS sessions_resolved,
  round(quantileExactInclusiveOrNullIf(0.5)(
    intDiv(toUnixTimestamp64Milli(at) - toUnixTimestamp64Milli(previous_at), 1000),
    is_of_session)) AS median_seconds_to_resolve,
  countIf(is_in_period AND next_is_resolution = 0 AND at <= now64(3) - INTERVAL 24 HOUR
    AND next_at <= at + INTERVAL 24 HOUR) AS reopened_within_24h
FROM (
  SELECT
    *,
    at >= {from:DateTime} AND at < {to:DateTime64(3)} AS is_in_period,
    previous_is_resolution = 0 AND previous_at >= {from:DateTime} AND previous_at < {to:DateTime64(3)} AS is_of_session
  FROM timeline
  WHERE is_resolution = 1
)
WHERE (is_in_period OR is_of_session)
  AND ({app:String} = '' OR app_id = {app:String}) AND ({channel:String} = '' OR channel = {channel:String})
GROUP BY app_id, agent_id
ORDER BY resolutions DESC, agent_id, app_id
