-- How many sessions started and how many resolutions came, over time?
-- By the hour up to 3 days, by the day up to 400, by the month beyond, local ones, empty ones too. bucket is
-- the instant at which one begins, with its UTC offset: the hour that a clock repeats is two. What is counted
-- is its part within the period, from from_at up to to_at.
WITH
  toInt64(toUnixTimestamp({to:DateTime})) - toUnixTimestamp({from:DateTime}) AS seconds,
  multiIf(seconds <= 3 * 86400, 'hour', seconds <= 400 * 86400, 'day', 'month') AS step,
  -- More than any bucket has: the first and the last are looked at as a whole, to know their own bounds.
  multiIf(step = 'hour', 5, step = 'day', 110, 3100) AS more,
  toInt64(intDiv(toUnixTimestamp({from:DateTime}), 900)) - more AS first_quarter,
  intDiv(seconds, 900) + 2 * more AS quarters,
  (at -> dateDiff('second', at, toDateTime64(toString(at, {tz:String}), 0, 'UTC'))) AS ahead,
  (at -> concat(
    formatDateTime(at, '%FT%T', {tz:String}),
    if(ahead(at) < 0, '-', '+'),
    formatDateTime(toDateTime(abs(ahead(at)), 'UTC'), '%R', 'UTC')
  )) AS iso,
  -- Clocks change at quarters of an hour of UTC: what is counted by them fits into the buckets of every zone.
  counted AS (
    SELECT toInt64(intDiv(toUnixTimestamp(occurred_at), 900)) AS quarter,
      count() AS sessions, countIf(is_waiting) AS waiting, 0 AS resolutions
    FROM sessions
    WHERE occurred_at >= {from:DateTime} AND occurred_at < {to:DateTime64(3)}
      AND ({app:String} = '' OR app_id = {app:String}) AND ({channel:String} = '' OR channel = {channel:String})
    GROUP BY quarter
    UNION ALL
    SELECT toInt64(intDiv(toUnixTimestamp(occurred_at), 900)) AS quarter, 0, 0, count()
    FROM resolutions
    WHERE occurred_at >= {from:DateTime} AND occurred_at < {to:DateTime64(3)}
      AND ({app:String} = '' OR app_id = {app:String}) AND ({channel:String} = '' OR channel = {channel:String})
    GROUP BY quarter
    UNION ALL
    SELECT first_quarter + number, 0, 0, 0
    FROM numbers(quarters)
    WHERE first_quarter + number BETWEEN 0 AND intDiv(4294967295, 900)
  ),
  timed AS (
    SELECT
      toDateTime(quarter * 900, 'UTC') AS at,
      toHour(at, {tz:String}) * 4 + intDiv(toMinute(at, {tz:String}), 15) AS local_quarter,
      *
    FROM counted
  ),
  buckets AS (
    SELECT
      min(at) AS start_at,
      sum(sessions) AS sessions, sum(waiting) AS waiting, sum(resolutions) AS resolutions
    FROM timed
    GROUP BY
      if(step = 'month', toStartOfMonth(at, {tz:String}), toDate(at, {tz:String})),
      if(step = 'hour', intDiv(local_quarter, 4), 0),
      -- The clock less UTC: tells the two hours apart that a clock repeats.
      if(step = 'hour', (local_quarter - quarter) % 96 + 96, 0) % 96
  ),
  bounded AS (
    SELECT *,
      leadInFrame(start_at, 1, {to:DateTime}) OVER
        (ORDER BY start_at ROWS BETWEEN CURRENT ROW AND 1 FOLLOWING) AS end_at
    FROM buckets
  )
SELECT
  iso(start_at) AS bucket,
  step AS unit,
  sessions, waiting, resolutions,
  iso(greatest(start_at, {from:DateTime})) AS from_at,
  iso(least(end_at, {to:DateTime})) AS to_at,
  start_at >= {from:DateTime} AND end_at <= {to:DateTime} AS is_whole
FROM bounded
WHERE end_at > {from:DateTime} AND start_at < {to:DateTime}
ORDER BY start_at
