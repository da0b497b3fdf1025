-- At which hours of which weekdays do sessions start?
-- A heat map: hours 0 to 23, weekdays 1 (Monday) to 7, both local.
SELECT
  toDayOfWeek(occurred_at, 0, {tz:String}) AS weekday,
  ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'][weekday] AS weekday_name,
  toHour(occurred_at, {tz:String}) AS hour,
  count() AS sessions,
  countIf(is_waiting) AS waiting
FROM sessions
WHERE occurred_at >= {from:DateTime} AND occurred_at < {to:DateTime64(3)}
  AND ({app:String} = '' OR app_id = {app:String}) AND ({channel:String} = '' OR channel = {channel:String})
GROUP BY weekday, hour
ORDER BY weekday, hour
