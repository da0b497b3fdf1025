-- With what kind of message do customers open a session?
WITH (text -> if(lengthUTF8(text) > 200, concat(leftUTF8(text, 199), '…'), text)) AS short
SELECT
  short(first_message_type) AS type,
  channel,
  count() AS sessions,
  round(sessions / sum(sessions) OVER (PARTITION BY channel), 4) AS channel_share
FROM sessions
WHERE occurred_at >= {from:DateTime} AND occurred_at < {to:DateTime64(3)}
  AND ({app:String} = '' OR app_id = {app:String}) AND ({channel:String} = '' OR channel = {channel:String})
GROUP BY type, channel
ORDER BY sessions DESC, type, channel
