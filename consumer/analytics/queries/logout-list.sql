-- Which logouts are behind a number?
-- Those of the period, the latest first, a thousand at a time. last_login is what the vendor sent, often weeks
-- old. Texts of over 200 characters end in … there. Optional: agent (digits: an id; else an e-mail address,
-- of whatever id; 0 and an address: that address without an id).
WITH (text -> if(lengthUTF8(text) > 200, concat(leftUTF8(text, 199), '…'), text)) AS short
SELECT
  toTimeZone(occurred_at, {tz:String}) AS logged_out,
  app_id,
  short(user_name) AS agent,
  user_id AS agent_id, user_email AS agent_email, role AS agent_role, force_offline,
  last_login,
  event_id,
  count() OVER () AS rows_in_all
FROM agent_logouts
WHERE occurred_at >= {from:DateTime} AND occurred_at < {to:DateTime64(3)}
  AND ({app:String} = '' OR app_id = {app:String})
  AND (
    {agent:String} = '' OR toString(user_id) = {agent:String}
    OR (user_email = {agent:String} AND NOT match({agent:String}, '^[0-9]+$'))
    OR (user_id = 0 AND concat('0 ', user_email) = {agent:String})
  )
ORDER BY occurred_at DESC, event_id
LIMIT {limit:UInt32} OFFSET {offset:UInt32}
