-- Up to when are the answers complete?
-- Per app, of all its events, whatever the period: every event received before complete_until is there; NULL
-- when the very first is missing. What is in flight after the newest event is not seen from here: npm run
-- audit tells. Events received before events_kept_from, and messages before messages_kept_from, are no longer kept:
-- they are counted here all the same.
SELECT
  app_id,
  toTimeZone(complete_until, {tz:String}) AS complete_until,
  events,
  missing,
  dead_letters,
  toTimeZone(newest_received_at, {tz:String}) AS newest_received_at,
  toTimeZone((
    SELECT maxOrNull(toDateTime(addMonths(makeDate(intDiv(partition, 100), partition % 100, 1), 1), 'UTC'))
    FROM dropped_partitions WHERE table = 'events_rows'
  ), {tz:String}) AS events_kept_from,
  toTimeZone((
    SELECT maxOrNull(toDateTime(addMonths(makeDate(intDiv(partition, 100), partition % 100, 1), 1), 'UTC'))
    FROM dropped_partitions WHERE table = 'messages_rows'
  ), {tz:String}) AS messages_kept_from
FROM completeness
WHERE ({app:String} = '' OR app_id = {app:String})
ORDER BY app_id
