-- How much is open, and since when?
-- Sessions, however old, that started before the period's end and whose room had no resolution since. By age
-- as of now; to_seconds is NULL where it has no end.
WITH
  [0, 3600, 14400, 86400, 259200, 604800] AS starts,
  ['under 1 h', '1 to 4 h', '4 to 24 h', '1 to 3 days', '3 to 7 days', 'over 7 days'] AS names,
  arrayLastIndex(start -> start <= greatest(dateDiff('second', at, now64(3)), 0), starts) AS number
SELECT
  names[number] AS age,
  starts[number] AS from_seconds,
  if(number = length(starts), NULL, starts[number + 1]) AS to_seconds,
  count() AS sessions_open,
  uniqExact(room_key) AS rooms,
  countIf(is_waiting) AS waiting,
  toTimeZone(min(at), {tz:String}) AS oldest
FROM open_sessions
WHERE at < {to:DateTime64(3)}
  AND ({app:String} = '' OR app_id = {app:String}) AND ({channel:String} = '' OR channel = {channel:String})
GROUP BY number
ORDER BY number
