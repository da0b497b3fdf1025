-- Up to when is the data complete?
-- Per app: every event received before complete_until is there, or set aside as a dead letter; missing ones are known
-- by the gaps in their numbers, and on their way. What came in the last seconds can still be in flight.
SELECT
  app_id,
  toTimeZone(complete_until, {tz:String}) AS complete_until,
  events,
  missing,
  dead_letters,
  toTimeZone(newest_received_at, {tz:String}) AS newest_received
FROM completeness
WHERE ({app:String} = '' OR app_id = {app:String})
ORDER BY app_id
