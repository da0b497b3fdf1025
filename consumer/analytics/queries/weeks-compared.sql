-- How do the weeks compare?
-- Weeks from Monday, local, from the first in which something came to the last. The first and the last can be
-- cut by the period. Times are of the sessions that started in the week; a new session reopens the last
-- resolution before it, and no other. reopened_share_change_points is in percentage points: from 13.4 % to
-- 13.7 % is 0.3.
WITH weeks AS (
  SELECT
    toStartOfWeek(at, 1, {tz:String}) AS week,
    countIf(NOT is_resolution) AS sessions,
    countIf(is_waiting) AS waiting,
    countIf(is_resolution) AS resolutions,
    count(seconds_to_resolve) AS sessions_resolved,
    round(quantileExactInclusiveOrNull(0.5)(seconds_to_resolve)) AS median_seconds_to_resolve,
    round(quantileExactInclusiveOrNull(0.9)(seconds_to_resolve)) AS p90_seconds_to_resolve,
    if(countIf(is_24h_old) = 0, NULL, countIf(is_reopened_within_24h) / countIf(is_24h_old)) AS share
  FROM room_timeline
  WHERE at >= {from:DateTime} AND at < {to:DateTime64(3)}
    AND ({app:String} = '' OR app_id = {app:String}) AND ({channel:String} = '' OR channel = {channel:String})
  GROUP BY week
  -- A week in which nothing came is one too: the week after it is compared with it.
  ORDER BY week WITH FILL STEP toIntervalDay(7)
)
SELECT
  week,
  sessions,
  sessions - lagInFrame(toNullable(sessions)) OVER in_order AS sessions_change,
  waiting,
  resolutions,
  resolutions - lagInFrame(toNullable(resolutions)) OVER in_order AS resolutions_change,
  sessions_resolved,
  median_seconds_to_resolve,
  p90_seconds_to_resolve,
  round(share, 4) AS reopened_share,
  round((share - lagInFrame(share) OVER in_order) * 100, 2) AS reopened_share_change_points
FROM weeks
WINDOW in_order AS (ORDER BY week)
ORDER BY week
