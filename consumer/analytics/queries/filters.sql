-- Which apps and channels are there to choose from?
-- Of the sessions that started in the period.
SELECT app_id, channel, count() AS sessions
FROM sessions
WHERE occurred_at >= {from:DateTime} AND occurred_at < {to:DateTime64(3)}
  AND ({app:String} = '' OR app_id = {app:String})
GROUP BY app_id, channel
ORDER BY app_id, sessions DESC, channel
