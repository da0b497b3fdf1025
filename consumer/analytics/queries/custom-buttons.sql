-- Who uses custom buttons, and on which channels?
-- The webhook has no id of the agent, so they are told by their address: one that the vendor rewrote is
-- another row. channel_type is a display name ("Qiscus Widget"), not the channel of the other webhooks, and
-- the webhook does not say which button it was.
WITH (text -> if(lengthUTF8(text) > 200, concat(leftUTF8(text, 199), '…'), text)) AS short
SELECT
  short(argMax(agent_name, occurred_at)) AS agent,
  app_id,
  agent_email,
  short(channel_type) AS channel_type,
  short(channel_name) AS channel_name,
  count() AS clicks,
  countIf(notEmpty(notes)) AS with_notes,
  countIf(notEmpty(tags)) AS with_tags,
  uniqExact(room_id) AS rooms
FROM button_clicks
WHERE occurred_at >= {from:DateTime} AND occurred_at < {to:DateTime64(3)}
  AND ({app:String} = '' OR app_id = {app:String})
GROUP BY app_id, agent_email, channel_type, channel_name
ORDER BY clicks DESC, agent_email, channel_type, channel_name, app_id
