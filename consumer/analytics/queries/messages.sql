-- How many messages come in, by channel?
-- Messages that the bot webhook tells of. via mobile is from the client side, rest is from the REST API; what
-- agents write is not told.
SELECT
  channel,
  count() AS messages,
  countIf(via = 'mobile') AS via_mobile,
  countIf(via = 'rest') AS via_rest,
  uniqExact(cityHash64(app_id, room_id)) AS rooms,
  round(messages / rooms, 2) AS messages_per_room
FROM messages
WHERE occurred_at >= {from:DateTime} AND occurred_at < {to:DateTime64(3)}
  AND ({app:String} = '' OR app_id = {app:String}) AND ({channel:String} = '' OR channel = {channel:String})
GROUP BY channel
ORDER BY messages DESC, channel
