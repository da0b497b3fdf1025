-- Which sessions are behind a number?
-- Those that started in the period, the latest first, a thousand at a time. Texts of over 200 characters end in
-- … there. Optional: agent who resolved it (digits: an id; else an e-mail address, of whatever id; 0 and an
-- address: that address without an id), weekday (1 to 7), hour (0 to 23, local), state (open, resolved,
-- unresolved or waiting), and the bounds of the time to resolve in seconds.
WITH
  (text -> if(lengthUTF8(text) > 200, concat(leftUTF8(text, 199), '…'), text)) AS short,
  (
  -- The rows first, then all of their columns: to put every column of every session in order would cost three times.
  SELECT (groupArray((room_key, event_id)), any(rows_in_all))
  FROM (
    SELECT room_key, event_id, count() OVER () AS rows_in_all
    FROM session_outcomes_between(from = {from:DateTime}, to = {to:DateTime})
    WHERE ({app:String} = '' OR app_id = {app:String}) AND ({channel:String} = '' OR channel = {channel:String})
      AND (
        {agent:String} = '' OR toString(agent_id) = {agent:String}
        OR (agent_email = {agent:String} AND NOT match({agent:String}, '^[0-9]+$'))
        OR (agent_id = 0 AND concat('0 ', agent_email) = {agent:String})
      )
      AND ({weekday:UInt8} = 0 OR toDayOfWeek(occurred_at, 0, {tz:String}) = {weekday:UInt8})
      AND ({hour:Int8} < 0 OR toHour(occurred_at, {tz:String}) = {hour:Int8})
      AND (
        {state:String} = ''
        OR ({state:String} = 'open' AND is_open)
        OR ({state:String} = 'waiting' AND is_waiting)
        OR ({state:String} = 'resolved' AND isNotNull(resolved_at))
        OR ({state:String} = 'unresolved' AND isNull(resolved_at))
      )
      AND ({min_seconds:Int64} < 0 OR seconds_to_resolve >= {min_seconds:Int64})
      AND ({max_seconds:Int64} < 0 OR seconds_to_resolve < {max_seconds:Int64})
    ORDER BY occurred_at DESC, event_id
    LIMIT {limit:UInt32} OFFSET {offset:UInt32}
  )
) AS found,
  found.1 AS keys
SELECT
  toTimeZone(occurred_at, {tz:String}) AS started,
  app_id, channel, room_id,
  short(room_name) AS room_name,
  customer_id,
  short(customer_name) AS customer_name,
  is_waiting,
  toTimeZone(resolved_at, {tz:String}) AS resolved,
  short(agent_name) AS agent,
  agent_id, agent_email,
  seconds_to_resolve, business_seconds_to_resolve,
  toTimeZone(reopened_at, {tz:String}) AS reopened,
  is_open,
  event_id,
  found.2 AS rows_in_all
FROM session_outcomes_between(from = {from:DateTime}, to = {to:DateTime})
WHERE room_key IN (keys.1) AND event_id IN (keys.2)
ORDER BY occurred_at DESC, event_id
