-- How are the times to resolve spread?
-- Of the sessions that started in the period: from the customer's first message to the first resolution. The
-- last row holds what is not resolved. to_seconds is NULL where the bucket has no end.
WITH
  [0, 300, 900, 1800, 3600, 7200, 14400, 28800, 86400, 259200] AS starts,
  [
    'under 5 min', '5 to 15 min', '15 to 30 min', '30 to 60 min', '1 to 2 h', '2 to 4 h', '4 to 8 h',
    '8 to 24 h', '1 to 3 days', 'over 3 days', 'not resolved'
  ] AS names
SELECT
  names[number] AS bucket,
  if(number > 10, NULL, starts[number]) AS from_seconds,
  if(number >= 10, NULL, starts[number + 1]) AS to_seconds,
  countIf(seconds_to_resolve >= 0 OR is_session) AS sessions,
  round(sessions / greatest(sum(sessions) OVER (), 1), 4) AS sessions_share
FROM (
  SELECT
    if(isNull(seconds_to_resolve), 11, arrayLastIndex(start -> start <= seconds_to_resolve, starts)) AS number,
    seconds_to_resolve,
    true AS is_session
  FROM session_outcomes_between(from = {from:DateTime}, to = {to:DateTime})
  WHERE ({app:String} = '' OR app_id = {app:String}) AND ({channel:String} = '' OR channel = {channel:String})
  UNION ALL
  SELECT number + 1, NULL, false FROM numbers(11)
)
GROUP BY number
ORDER BY number
