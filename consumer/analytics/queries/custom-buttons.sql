-- Who uses custom buttons, and on which channels?
-- channel_type is a display name ("Qiscus Widget"), not the channel of the other webhooks, and the webhook does not say
-- which button it was.
SELECT
  any(agent_name) AS agent,
  agent_email,
  channel_type,
  channel_name,
  count() AS clicks,
  countIf(notEmpty(notes)) AS with_notes,
  countIf(notEmpty(tags)) AS with_tags,
  uniqExact(cityHash64(app_id, room_id)) AS rooms
FROM button_clicks
WHERE occurred_at >= {from:DateTime} AND occurred_at < {to:DateTime} AND ({app:String} = '' OR app_id = {app:String})
GROUP BY agent_email, channel_type, channel_name
ORDER BY clicks DESC, agent_email, channel_type, channel_name
