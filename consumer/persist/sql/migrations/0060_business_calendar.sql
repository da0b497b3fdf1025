-- business_hours as one row per app, shaped for the outcome views, which look the arrays up for each
-- session without a join. Business seconds before an instant are arithmetic on the local wall clock: whole
-- weeks * the week's seconds + those of the week before the day + what is past opening on the day, at most
-- the day's own, + the correction. The correction: where a clock is put forward, the wall clock passes over
-- seconds that nobody had, and where it is put back, it passes over the same ones twice. Without it, from
-- 01:45 to the second 01:15 would be half an hour less than nothing.
CREATE OR REPLACE VIEW business_calendar (
  app_id String COMMENT 'The Qiscus app, empty for every app that is not here',
  changes Array(UInt32) COMMENT 'Unix seconds at which the UTC offset of its time zone changes, ascending',
  offsets Array(Int64) COMMENT 'Seconds that its local clock is ahead of UTC, before the first change and from each change on',
  opens Array(Int64) COMMENT 'Seconds after local midnight at which each day opens, Monday to Sunday',
  open_for Array(Int64) COMMENT 'Seconds for which each day is open, 0 when closed',
  open_before Array(Int64) COMMENT 'Seconds that are open in the week before each day',
  open_in_week Int64 COMMENT 'Seconds that are open in the whole week',
  corrections Array(Int64) COMMENT 'Open seconds to add for all changes so far, before the first change and from each change on'
)
COMMENT 'business_hours as one row per app'
AS
WITH
  (time -> toInt64(left(time, 2)) * 3600 + toInt64(right(time, 2)) * 60) AS seconds_of_day,
  -- Seven numbers, of which all but one are 0: added up, those of the week.
  (weekday, seconds) -> arrayMap(day -> if(day = weekday, seconds, 0), range(1, 8)) AS on_weekday,
  (local -> intDiv(local, 86400) + 3) AS days_since_monday,
  (local -> 1 + days_since_monday(local) % 7) AS day_of,
  (local, opens, open_for, open_before, open_in_week) ->
    intDiv(days_since_monday(local), 7) * open_in_week
    + open_before[day_of(local)]
    + least(greatest(local % 86400 - opens[day_of(local)], 0), open_for[day_of(local)])
    AS open_until,
  weeks AS (
    SELECT
      app_id,
      any(z.changes) AS changes,
      any(z.offsets) AS offsets,
      sumForEach(on_weekday(weekday, seconds_of_day(h.opens))) AS opens,
      sumForEach(on_weekday(weekday, seconds_of_day(h.closes))) AS closes,
      arrayMap((closing, opening) -> closing - opening, closes, opens) AS open_for,
      arrayMap(day -> arraySum(arraySlice(open_for, 1, day - 1)), range(1, 8)) AS open_before,
      arraySum(open_for) AS open_in_week
    FROM business_hours AS h FINAL
    INNER JOIN (SELECT * FROM time_zone_offsets FINAL) AS z ON z.tz = h.tz
    GROUP BY app_id
  )
SELECT
  app_id, changes, offsets, opens, open_for, open_before, open_in_week,
  arrayCumSum(arrayPushFront(
    arrayMap(
      (change, before, after) ->
        open_until(change + before, opens, open_for, open_before, open_in_week)
        - open_until(change + after, opens, open_for, open_before, open_in_week),
      changes, arrayPopBack(offsets), arrayPopFront(offsets)),
    0)) AS corrections
FROM weeks;
