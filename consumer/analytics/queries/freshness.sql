-- How fresh is the data?
-- Per app: when the last event was received, and how many came in the last hour and day. Whether any is still
-- missing, and up to when all is there, is for the audit to say.
SELECT
  app_id,
  toTimeZone(last_received_at, {tz:String}) AS last_received,
  dateDiff('second', last_received_at, now64(3)) AS seconds_since,
  events_last_hour,
  events_last_day
FROM (
  SELECT splitByChar('/', outbox)[1] AS app_id, max(newest_received_at) AS last_received_at
  FROM book_pages -- Far fewer rows than events, of whatever age the last one is.
  WHERE entry = 'event' AND ({app:String} = '' OR app_id = {app:String})
  GROUP BY app_id
) AS latest
LEFT JOIN (
  SELECT app_id, countIf(received_at >= now64(3) - INTERVAL 1 HOUR) AS events_last_hour, count() AS events_last_day
  FROM events
  WHERE received_at >= now64(3) - INTERVAL 24 HOUR AND ({app:String} = '' OR app_id = {app:String})
  GROUP BY app_id
) AS recent USING (app_id)
ORDER BY app_id
