-- Which resolutions are behind a number?
-- Those received in the period, the latest first, a thousand at a time. Optional: agent (id or e-mail address) and state
-- (reopened, within 24 hours, or noted, with notes).
WITH (
  -- The rows first, then all of their columns: to put every column of every resolution in order would cost three times.
  SELECT (groupArray((room_key, event_id)), any(rows_in_all))
  FROM (
    SELECT room_key, event_id, count() OVER () AS rows_in_all
    FROM room_timeline(since = {from:DateTime})
    WHERE is_resolution AND at < {to:DateTime} AND ({app:String} = '' OR app_id = {app:String}) AND ({channel:String} = '' OR channel = {channel:String}) AND ({agent:String} = '' OR toString(agent_id) = {agent:String} OR agent_email = {agent:String})
      AND ({state:String} = '' OR ({state:String} = 'reopened' AND is_reopened_within_24h) OR ({state:String} = 'noted' AND has_notes))
    ORDER BY at DESC, event_id
    LIMIT {limit:UInt32} OFFSET {offset:UInt32}
  )
) AS found,
  found.1 AS keys
SELECT
  toTimeZone(at, {tz:String}) AS resolved,
  app_id, channel, room_id, customer_id, customer_name,
  agent_name AS agent, agent_id, agent_email, agent_role, has_notes,
  toTimeZone(next_session_at, {tz:String}) AS reopened,
  is_24h_old, is_reopened_within_24h,
  event_id,
  found.2 AS rows_in_all
FROM room_timeline(since = {from:DateTime})
WHERE room_key IN (keys.1) AND event_id IN (keys.2)
ORDER BY at DESC, event_id
