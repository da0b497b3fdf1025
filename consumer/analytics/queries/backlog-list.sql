-- Which sessions are open?
-- However old, the oldest first, a thousand at a time: those that started before the period's end and whose
-- room had no resolution since. Texts of over 200 characters end in … there. Optional: the bounds of the age
-- in seconds.
WITH
  (text -> if(lengthUTF8(text) > 200, concat(leftUTF8(text, 199), '…'), text)) AS short,
  (
  -- The rows first, then all of their columns: most of what is open is not on this page.
  SELECT (groupArray((toStartOfHour(at), app_id, event_id)), any(rows_in_all))
  FROM (
    SELECT at, app_id, event_id, count() OVER () AS rows_in_all
    FROM open_sessions
    WHERE at < {to:DateTime64(3)}
      AND ({app:String} = '' OR app_id = {app:String}) AND ({channel:String} = '' OR channel = {channel:String})
      AND ({min_seconds:Int64} < 0 OR dateDiff('second', at, now64(3)) >= {min_seconds:Int64})
      AND ({max_seconds:Int64} < 0 OR dateDiff('second', at, now64(3)) < {max_seconds:Int64})
    ORDER BY at, event_id
    LIMIT {limit:UInt32} OFFSET {offset:UInt32}
  )
) AS found
SELECT
  toTimeZone(occurred_at, {tz:String}) AS started,
  dateDiff('second', occurred_at, now64(3)) AS age_seconds,
  app_id, channel, room_id,
  short(room_name) AS room_name,
  customer_id,
  short(customer_name) AS customer_name,
  is_waiting,
  short(first_message_text) AS first_message_text,
  event_id,
  found.2 AS rows_in_all
FROM sessions
WHERE (toStartOfHour(occurred_at), app_id, event_id) IN (found.1)
ORDER BY occurred_at, event_id
