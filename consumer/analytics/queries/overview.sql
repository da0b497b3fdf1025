-- How does this period compare with the one before it, of the same length?
-- Two rows: current and previous, which begins in 1970 where it would begin before. Times to resolve are of
-- the sessions that started in the period. A new session reopens the last resolution before it, and no other.
-- First response, time of assignment and hours online cannot be told: no webhook carries them.
WITH
  toInt64(toUnixTimestamp({from:DateTime})) AS from_seconds,
  -- In whole numbers, as a DateTime before 1970 would be one in 2106.
  toDateTime(greatest(2 * from_seconds - toUnixTimestamp({to:DateTime}), 0), 'UTC') AS previous_from
SELECT
  periods.period AS period,
  toTimeZone(if(period = 'current', {from:DateTime}, previous_from), {tz:String}) AS from_at,
  toTimeZone(if(period = 'current', {to:DateTime}, {from:DateTime}), {tz:String}) AS to_at,
  sessions, waiting, rooms, customers, sessions_resolved, sessions_open,
  resolutions, resolutions_with_notes,
  median_seconds_to_resolve, p90_seconds_to_resolve,
  resolutions_24h_old, reopened_within_24h,
  if(resolutions_24h_old = 0, NULL, round(reopened_within_24h / resolutions_24h_old, 4)) AS reopened_share,
  logouts, forced_logouts
FROM (SELECT arrayJoin(['current', 'previous']) AS period) AS periods
LEFT JOIN (
  SELECT
    if(at >= {from:DateTime}, 'current', 'previous') AS period,
    countIf(NOT is_resolution) AS sessions,
    countIf(is_waiting) AS waiting,
    uniqExactIf(room_key, NOT is_resolution) AS rooms,
    uniqExactIf(customer_key, NOT is_resolution AND customer_key != 0) AS customers,
    count(seconds_to_resolve) AS sessions_resolved,
    countIf(NOT is_resolution AND NOT has_later_resolution) AS sessions_open,
    countIf(is_resolution) AS resolutions,
    countIf(has_notes) AS resolutions_with_notes,
    round(quantileExactInclusiveOrNull(0.5)(seconds_to_resolve)) AS median_seconds_to_resolve,
    round(quantileExactInclusiveOrNull(0.9)(seconds_to_resolve)) AS p90_seconds_to_resolve,
    countIf(is_24h_old) AS resolutions_24h_old,
    countIf(is_reopened_within_24h) AS reopened_within_24h
  FROM room_timeline
  WHERE at >= previous_from AND at < {to:DateTime64(3)}
    AND ({app:String} = '' OR app_id = {app:String}) AND ({channel:String} = '' OR channel = {channel:String})
  GROUP BY period
) AS rooms_of_period USING (period)
LEFT JOIN (
  SELECT
    if(occurred_at >= {from:DateTime}, 'current', 'previous') AS period,
    count() AS logouts,
    countIf(force_offline) AS forced_logouts
  FROM agent_logouts
  WHERE occurred_at >= previous_from AND occurred_at < {to:DateTime64(3)}
    AND ({app:String} = '' OR app_id = {app:String})
  GROUP BY period
) AS logouts_of_period USING (period)
ORDER BY period
