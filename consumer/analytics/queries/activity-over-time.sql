-- How many sessions started and how many resolutions came, over time?
-- By the hour up to three days, by the day beyond. Buckets without either are left out.
SELECT
  if({to:DateTime} - {from:DateTime} <= 3 * 86400, toStartOfHour(at, {tz:String}), toStartOfDay(at, {tz:String})) AS bucket,
  countIf(NOT is_resolution) AS sessions,
  countIf(is_waiting) AS waiting,
  countIf(is_resolution) AS resolutions
FROM (
  SELECT occurred_at AS at, false AS is_resolution, is_waiting
  FROM sessions
  WHERE occurred_at >= {from:DateTime} AND occurred_at < {to:DateTime} AND ({app:String} = '' OR app_id = {app:String}) AND ({channel:String} = '' OR channel = {channel:String})
  UNION ALL
  SELECT occurred_at, true, false
  FROM resolutions
  WHERE occurred_at >= {from:DateTime} AND occurred_at < {to:DateTime} AND ({app:String} = '' OR app_id = {app:String}) AND ({channel:String} = '' OR channel = {channel:String})
)
GROUP BY bucket
ORDER BY bucket
