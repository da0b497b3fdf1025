-- Up to when are the answers complete?
-- Per app, of all its events, whatever the period: every event received before complete_until is there; NULL
-- when the very first is missing. What is in flight after the newest event is not seen from here: npm run
-- audit tells.
SELECT
  app_id,
  toTimeZone(complete_until, {tz:String}) AS complete_until,
  events,
  missing,
  dead_letters,
  toTimeZone(newest_received_at, {tz:String}) AS newest_received_at
FROM completeness
WHERE ({app:String} = '' OR app_id = {app:String})
ORDER BY app_id
