-- How do the weeks compare?
-- Weeks from Monday, local. The first and the last can be cut by the period. Times are of the sessions that started in
-- the week.
SELECT
  toStartOfWeek(at, 1, {tz:String}) AS week,
  countIf(NOT is_resolution) AS sessions,
  sessions - lagInFrame(toNullable(sessions)) OVER (ORDER BY week) AS sessions_change,
  countIf(is_waiting) AS waiting,
  countIf(is_resolution) AS resolutions,
  resolutions - lagInFrame(toNullable(resolutions)) OVER (ORDER BY week) AS resolutions_change,
  count(seconds_to_resolve) AS sessions_resolved,
  round(quantileExactInclusiveOrNull(0.5)(seconds_to_resolve)) AS median_seconds_to_resolve,
  round(quantileExactInclusiveOrNull(0.9)(seconds_to_resolve)) AS p90_seconds_to_resolve,
  if(countIf(is_24h_old) = 0, NULL, round(countIf(is_reopened_within_24h) / countIf(is_24h_old), 4)) AS reopened_share
FROM room_timeline(since = {from:DateTime})
WHERE at < {to:DateTime} AND ({app:String} = '' OR app_id = {app:String}) AND ({channel:String} = '' OR channel = {channel:String})
GROUP BY week
ORDER BY week
