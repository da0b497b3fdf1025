-- Which resolutions are behind a number?
-- Those received in the period, the latest first, a thousand at a time. A new session reopens the last
-- resolution before it, and no other. Texts of over 200 characters end in … there. Optional: agent (digits:
-- an id; else an e-mail address, of whatever id; 0 and an address: that address without an id) and state
-- (reopened, within 24 hours, or noted, with notes).
WITH
  (text -> if(lengthUTF8(text) > 200, concat(leftUTF8(text, 199), '…'), text)) AS short,
  (
  -- The rows first, then all of their columns: to put every column of every resolution in order would cost three times.
  SELECT (groupArray((room_key, event_id)), any(rows_in_all))
  FROM (
    SELECT room_key, event_id, count() OVER () AS rows_in_all
    FROM room_timeline
    WHERE is_resolution AND at >= {from:DateTime} AND at < {to:DateTime64(3)}
      AND ({app:String} = '' OR app_id = {app:String}) AND ({channel:String} = '' OR channel = {channel:String})
      AND (
        {agent:String} = '' OR toString(agent_id) = {agent:String}
        OR (agent_email = {agent:String} AND NOT match({agent:String}, '^[0-9]+$'))
        OR (agent_id = 0 AND concat('0 ', agent_email) = {agent:String})
      )
      AND (
        {state:String} = ''
        OR ({state:String} = 'reopened' AND is_reopened_within_24h)
        OR ({state:String} = 'noted' AND has_notes)
      )
    ORDER BY at DESC, event_id
    LIMIT {limit:UInt32} OFFSET {offset:UInt32}
  )
) AS found,
  found.1 AS keys
SELECT
  toTimeZone(at, {tz:String}) AS resolved,
  app_id, channel, room_id, customer_id,
  short(customer_name) AS customer_name,
  short(agent_name) AS agent,
  agent_id, agent_email, agent_role, has_notes,
  toTimeZone(reopened_at, {tz:String}) AS reopened,
  is_24h_old, is_reopened_within_24h,
  event_id,
  found.2 AS rows_in_all
FROM room_timeline
WHERE at >= {from:DateTime} AND at < {to:DateTime64(3)} AND room_key IN (keys.1) AND event_id IN (keys.2)
ORDER BY at DESC, event_id
