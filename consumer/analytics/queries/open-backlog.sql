-- How much is open, and since when?
-- Sessions, however old, that started before the period's end and whose room had no resolution since. By age
-- as of now; to_seconds is NULL where it has no end.
WITH
  [0, 3600, 14400, 86400, 259200, 604800] AS starts,
  ['under 1 h', '1 to 4 h', '4 to 24 h', '1 to 3 days', '3 to 7 days', 'over 7 days'] AS names,
  arrayLastIndex(start -> start <= greatest(dateDiff('second', occurred_at, now64(3)), 0), starts) AS number
SELECT
  names[number] AS age,
  starts[number] AS from_seconds,
  if(number = length(starts), NULL, starts[number + 1]) AS to_seconds,
  count() AS sessions_open,
  uniqExact(cityHash64(app_id, room_id)) AS rooms,
  countIf(is_waiting) AS waiting,
  toTimeZone(min(occurred_at), {tz:String}) AS oldest
FROM sessions
LEFT JOIN (
  SELECT cityHash64(app_id, room_id) AS room_key, max(occurred_at) AS last_resolved_at
  FROM resolutions_rows -- The latest of its copies is the same.
  WHERE ({app:String} = '' OR app_id = {app:String})
  GROUP BY room_key
) AS resolved ON resolved.room_key = cityHash64(app_id, room_id)
WHERE occurred_at < {to:DateTime64(3)} AND occurred_at > last_resolved_at
  AND ({app:String} = '' OR app_id = {app:String}) AND ({channel:String} = '' OR channel = {channel:String})
GROUP BY number
ORDER BY number
