-- business_hours as one row per app, shaped for the outcome views, which look the arrays up for each session without a
-- join. Business seconds before an instant are arithmetic on the local wall clock: whole weeks * the week's seconds
-- + those of the week before the day + what is past opening on the day, at most the day's own.
CREATE VIEW IF NOT EXISTS business_calendar (
  app_id String COMMENT 'The Qiscus app, empty for every app that is not here',
  changes Array(UInt32) COMMENT 'Unix seconds at which the UTC offset of its time zone changes, ascending',
  offsets Array(Int64) COMMENT 'Seconds that its local clock is ahead of UTC, before the first change and from each change on',
  opens Array(Int64) COMMENT 'Seconds after local midnight at which each day opens, Monday to Sunday',
  open_for Array(Int64) COMMENT 'Seconds for which each day is open, 0 when closed',
  open_before Array(Int64) COMMENT 'Seconds that are open in the week before each day',
  open_in_week Int64 COMMENT 'Seconds that are open in the whole week'
)
COMMENT 'business_hours as one row per app'
AS
SELECT app_id, any(z.changes) AS changes, any(z.offsets) AS offsets,
  sumForEach(arrayMap(day -> if(day = weekday, toInt64(left(h.opens, 2)) * 3600 + toInt64(right(h.opens, 2)) * 60, 0), range(1, 8))) AS opens,
  arrayMap((closing, opening) -> closing - opening,
    sumForEach(arrayMap(day -> if(day = weekday, toInt64(left(h.closes, 2)) * 3600 + toInt64(right(h.closes, 2)) * 60, 0), range(1, 8))),
    opens) AS open_for,
  arrayMap(day -> arraySum(arraySlice(open_for, 1, day - 1)), range(1, 8)) AS open_before,
  arraySum(open_for) AS open_in_week
FROM business_hours AS h FINAL
INNER JOIN (SELECT * FROM time_zone_offsets FINAL) AS z ON z.tz = h.tz
GROUP BY app_id;
