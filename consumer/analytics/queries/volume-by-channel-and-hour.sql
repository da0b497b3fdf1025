-- How many sessions start on each channel, hour by hour?
SELECT
  toStartOfHour(occurred_at, {tz:String}) AS hour,
  channel,
  count() AS sessions,
  countIf(is_waiting) AS waiting,
  uniqExact(cityHash64(app_id, room_id)) AS rooms
FROM sessions
WHERE occurred_at >= {from:DateTime} AND occurred_at < {to:DateTime} AND ({app:String} = '' OR app_id = {app:String}) AND ({channel:String} = '' OR channel = {channel:String})
GROUP BY hour, channel
ORDER BY hour, channel
