-- Which sessions are open?
-- However old, the oldest first, a thousand at a time: those that started before the period's end and whose
-- room had no resolution since. Texts of over 200 characters end in … there. Optional: the bounds of the age
-- in seconds.
WITH (text -> if(lengthUTF8(text) > 200, concat(leftUTF8(text, 199), '…'), text)) AS short
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
  count() OVER () AS rows_in_all
FROM sessions
LEFT JOIN (
  SELECT cityHash64(app_id, room_id) AS room_key, max(occurred_at) AS last_resolved_at
  FROM resolutions_rows -- The latest of its copies is the same.
  WHERE ({app:String} = '' OR app_id = {app:String})
  GROUP BY room_key
) AS resolved ON resolved.room_key = cityHash64(app_id, room_id)
WHERE occurred_at < {to:DateTime64(3)} AND occurred_at > last_resolved_at
  AND ({app:String} = '' OR app_id = {app:String}) AND ({channel:String} = '' OR channel = {channel:String})
  AND ({min_seconds:Int64} < 0 OR age_seconds >= {min_seconds:Int64})
  AND ({max_seconds:Int64} < 0 OR age_seconds < {max_seconds:Int64})
ORDER BY occurred_at, event_id
LIMIT {limit:UInt32} OFFSET {offset:UInt32}
