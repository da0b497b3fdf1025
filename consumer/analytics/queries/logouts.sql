-- When do agents log out, day by day?
-- Logouts alone: no webhook tells when someone came online, and last_login is often weeks old, so neither
-- shifts nor hours online can be worked out. One id is one agent, by their newest name and address of the
-- day.
WITH (text -> if(lengthUTF8(text) > 200, concat(leftUTF8(text, 199), '…'), text)) AS short
SELECT
  toDate(occurred_at, {tz:String}) AS day,
  short(argMax(user_name, occurred_at)) AS agent,
  app_id,
  user_id AS agent_id,
  argMax(user_email, occurred_at) AS agent_email,
  argMax(role, occurred_at) AS agent_role,
  count() AS logouts,
  countIf(force_offline) AS forced_logouts,
  toTimeZone(max(occurred_at), {tz:String}) AS last_logout
FROM agent_logouts
WHERE occurred_at >= {from:DateTime} AND occurred_at < {to:DateTime64(3)}
  AND ({app:String} = '' OR app_id = {app:String})
GROUP BY day, app_id, user_id, if(user_id = 0, user_email, '')
ORDER BY day, last_logout, user_id, agent_email, app_id
