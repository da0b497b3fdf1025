-- How does this period compare with the one before it? By window functions over the whole tables.
-- The same numbers as overview of the library.
WITH
  toDateTime(2 * toUnixTimestamp({from:DateTime}) - toUnixTimestamp({to:DateTime}), 'UTC') AS previous_from,
  rows_of_rooms AS (
    SELECT app_id, room_id, customer_id, channel, occurred_at AS at, 0 AS is_resolution, sequence FROM sessions_rows FINAL
    UNION ALL
    SELECT app_id, room_id, customer_id, channel, occurred_at, 1, sequence FROM resolutions_rows FINAL
  ),
  timeline AS (
    SELECT
      *,
      leadInFrame(is_resolution) OVER room AS next_is_resolution,
      leadInFrame(at) OVER room AS next_at,
      max(is_resolution) OVER later AS has_later_resolution
    FROM rows_of_rooms
    WINDOW
      room AS (
        PARTITION BY app_id, room_id ORDER BY at, is_resolution, sequence
        ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING
      ),
      later AS (
        PARTITION BY app_id, room_id ORDER BY at, is_resolution, sequence
        ROWS BETWEEN 1 FOLLOWING AND UNBOUNDED FOLLOWING
      )
  )
SELECT
  if(at >= {from:DateTime}, 'current', 'previous') AS period,
  countIf(is_resolution = 0) AS sessions,
  uniqExactIf((app_id, room_id), is_resolution = 0) AS rooms,
  uniqExactIf((app_id, customer_id), is_resolution = 0 AND customer_id != '') AS customers,
  countIf(is_resolution = 0 AND next_is_resolution = 1) AS sessions_resolved,
  countIf(is_resolution = 0 AND has_later_resolution = 0) AS sessions_open,
  countIf(is_resolution = 1) AS resolutions,
  round(quantileExactInclusiveIf(0.5)(
    intDiv(toUnixTimestamp64Milli(next_at) - toUnixTimestamp64Milli(at), 1000),
    is_resolution = 0 AND next_is_resolution = 1)) AS median_seconds_to_resolve
FROM timeline
WHERE at >= previous_from AND at < {to:DateTime64(3)}
  AND ({app:String} = '' OR app_id = {app:String}) AND ({channel:String} = '' OR channel = {channel:String})
GROUP BY period
ORDER BY period
