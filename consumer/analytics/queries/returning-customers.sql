-- Which customers return most?
-- Customers with more than one session in the period, those with most first, a thousand at a time.
WITH (text -> if(lengthUTF8(text) > 200, concat(leftUTF8(text, 199), '…'), text)) AS short
SELECT
  short(argMax(customer_name, occurred_at)) AS customer,
  customer_id,
  app_id,
  count() AS sessions,
  uniqExact(room_id) AS rooms,
  arraySort(groupUniqArray(channel)) AS channels,
  toTimeZone(min(occurred_at), {tz:String}) AS first_session,
  toTimeZone(max(occurred_at), {tz:String}) AS last_session,
  count() OVER () AS rows_in_all
FROM sessions
WHERE occurred_at >= {from:DateTime} AND occurred_at < {to:DateTime64(3)} AND customer_id != ''
  AND ({app:String} = '' OR app_id = {app:String}) AND ({channel:String} = '' OR channel = {channel:String})
GROUP BY app_id, customer_id
HAVING sessions > 1
ORDER BY sessions DESC, customer_id, app_id
LIMIT {limit:UInt32} OFFSET {offset:UInt32}
