-- Which logouts are behind a number?
-- Those of the period, the latest first, a thousand at a time. Optional: agent (id or e-mail address). last_login is what
-- the vendor sent, often weeks old.
SELECT
  toTimeZone(occurred_at, {tz:String}) AS logged_out,
  app_id, user_name AS agent, user_id AS agent_id, user_email AS agent_email, role AS agent_role, force_offline,
  last_login,
  event_id,
  count() OVER () AS rows_in_all
FROM agent_logouts
WHERE occurred_at >= {from:DateTime} AND occurred_at < {to:DateTime} AND ({app:String} = '' OR app_id = {app:String}) AND ({agent:String} = '' OR toString(user_id) = {agent:String} OR user_email = {agent:String})
ORDER BY occurred_at DESC, event_id
LIMIT {limit:UInt32} OFFSET {offset:UInt32}
