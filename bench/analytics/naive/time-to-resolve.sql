-- How long does it take to resolve, by agent and channel? By window functions over the whole tables.
-- The same numbers as time-to-resolve of the library, without the business hours.
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
      lagInFrame(at) OVER room AS previous_at
    FROM rows_of_rooms
    WINDOW room AS (
      PARTITION BY app_id, room_id ORDER BY at, is_resolution, sequence
      ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING
    )
  )
SELECT
  app_id,
  agent AS agent_id,
  channel,
  count() AS sessions_resolved,
  round(quantileExactInclusive(0.5)(intDiv(toUnixTimestamp64Milli(at) - toUnixTimestamp64Milli(previous_at), 1000)))
    AS median_seconds_to_resolve,
  round(quantileExactInclusive(0.9)(intDiv(toUnixTimestamp64Milli(at) - toUnixTimestamp64Milli(previous_at), 1000)))
    AS p90_seconds_to_resolve
FROM timeline
WHERE is_resolution = 1 AND previous_is_resolution = 0
  AND previous_at >= {from:DateTime} AND previous_at < {to:DateTime64(3)}
  AND ({app:String} = '' OR app_id = {app:String}) AND ({channel:String} = '' OR channel = {channel:String})
GROUP BY app_id, agent_id, channel
ORDER BY median_seconds_to_resolve DESC, agent_id, channel, app_id
