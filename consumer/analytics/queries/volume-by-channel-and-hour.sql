-- How many sessions start on each channel, hour by hour?
-- hour is the instant at which a local hour begins, with its UTC offset: the hour that a clock repeats is two.
WITH
  -- The local hour alone does not tell the two apart that a clock repeats: its distance from UTC does.
  hours AS (
    SELECT
      toDate(occurred_at, {tz:String}) AS local_day,
      toHour(occurred_at, {tz:String}) AS local_hour,
      (local_hour * 60 + toMinute(occurred_at, {tz:String}) + 1440
        - intDiv(toUnixTimestamp(occurred_at), 60) % 1440) % 1440 AS ahead,
      channel,
      min(toDateTime(occurred_at, 'UTC')) AS first_at,
      count() AS sessions,
      countIf(is_waiting) AS waiting,
      uniqExact(cityHash64(app_id, room_id)) AS rooms
    FROM sessions
    WHERE occurred_at >= {from:DateTime} AND occurred_at < {to:DateTime64(3)}
      AND ({app:String} = '' OR app_id = {app:String}) AND ({channel:String} = '' OR channel = {channel:String})
    GROUP BY local_day, local_hour, ahead, channel
  ),
  -- The quarters of an hour at which a local hour can begin: clocks change at no other time.
  (at -> arrayMap(
    number -> toStartOfFifteenMinutes(at) + (number - intDiv(toMinute(at, {tz:String}), 15)) * 900,
    range(4)
  )) AS quarters_of,
  -- The first from which on the clock has gone as it goes at that time.
  (at -> arrayFirst(
    (quarter, number) -> toHour(quarter, {tz:String}) = toHour(at, {tz:String})
      AND toMinute(quarter, {tz:String}) = number * 15,
    quarters_of(at), range(4)
  )) AS hour_of,
  (at -> dateDiff('second', at, toDateTime64(toString(at, {tz:String}), 0, 'UTC'))) AS ahead_of_utc,
  (at -> concat(
    formatDateTime(at, '%FT%T', {tz:String}),
    if(ahead_of_utc(at) < 0, '-', '+'),
    formatDateTime(toDateTime(abs(ahead_of_utc(at)), 'UTC'), '%R', 'UTC')
  )) AS iso
SELECT iso(hour_of(first_at)) AS hour, channel, sessions, waiting, rooms
FROM hours
ORDER BY hour_of(first_at), channel
