-- Fills time_zone_offsets for each time zone inserted into business_hours, from ClickHouse's own time zone data, to the
-- quarter-hour, from 2015 to 2040. The same zone again gives the same row, which replaces the one before.
CREATE MATERIALIZED VIEW IF NOT EXISTS time_zone_offsets_filler TO time_zone_offsets
AS
WITH
  days AS (
    SELECT tz, toDateTime('2015-01-01 00:00:00', 'UTC') + INTERVAL d.number DAY AS day_at, day_at + INTERVAL 1 DAY AS next_day_at,
      toUnixTimestamp(toDateTime(toString(day_at, tz), 'UTC')) - toInt64(toUnixTimestamp(day_at)) AS ahead,
      toUnixTimestamp(toDateTime(toString(next_day_at, tz), 'UTC')) - toInt64(toUnixTimestamp(next_day_at)) AS ahead_next_day
    FROM (SELECT DISTINCT tz FROM business_hours) AS zones CROSS JOIN numbers(9132) AS d
  ),
  quarter_hours AS (
    SELECT tz, day_at + arrayJoin(range(900, 86401, 900)) AS quarter_at, quarter_at - 900 AS quarter_before,
      toUnixTimestamp(toDateTime(toString(quarter_at, tz), 'UTC')) - toInt64(toUnixTimestamp(quarter_at)) AS ahead_now,
      toUnixTimestamp(toDateTime(toString(quarter_before, tz), 'UTC')) - toInt64(toUnixTimestamp(quarter_before)) AS ahead_before
    FROM days
    WHERE ahead != ahead_next_day OR day_at = toDateTime('2015-01-01 00:00:00', 'UTC')
  )
SELECT tz,
  arraySort(groupArrayIf(toUnixTimestamp(quarter_at), ahead_now != ahead_before)) AS changes,
  arrayPushFront(arraySort((offset, at) -> at, groupArrayIf(ahead_now, ahead_now != ahead_before), groupArrayIf(quarter_at, ahead_now != ahead_before)),
    argMin(ahead_before, quarter_before)) AS offsets
FROM quarter_hours
GROUP BY tz;
