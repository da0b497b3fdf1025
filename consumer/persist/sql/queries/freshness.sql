-- How fresh is the data?
-- Per app: when the last event was received, and how many came in the last hour and day. Whether any is still missing,
-- and up to when all is there, is for the audit to say.
SELECT
  app_id,
  toTimeZone(max(received_at), {tz:String}) AS last_received,
  dateDiff('second', max(received_at), now64(3)) AS seconds_since,
  uniqExactIf(event_id, received_at >= now64(3) - INTERVAL 1 HOUR) AS events_last_hour,
  uniqExactIf(event_id, received_at >= now64(3) - INTERVAL 24 HOUR) AS events_last_day
FROM events
WHERE ({app:String} = '' OR app_id = {app:String}) AND received_at >= (SELECT max(received_at) FROM events_rows) - INTERVAL 30 DAY
GROUP BY app_id
ORDER BY app_id
