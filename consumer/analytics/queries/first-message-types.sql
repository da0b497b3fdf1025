-- With what kind of message do customers open a session?
SELECT
  first_message_type AS type,
  channel,
  count() AS sessions,
  round(sessions / sum(sessions) OVER (PARTITION BY channel), 4) AS channel_share
FROM sessions
WHERE occurred_at >= {from:DateTime} AND occurred_at < {to:DateTime} AND ({app:String} = '' OR app_id = {app:String}) AND ({channel:String} = '' OR channel = {channel:String})
GROUP BY type, channel
ORDER BY sessions DESC, type, channel
