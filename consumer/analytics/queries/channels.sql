-- Which channel keeps customers waiting longest, and which brings most?
-- Of the sessions that started in the period. waiting counts those whose customer waited for an agent at the
-- start; for how long, and the first response, no webhook tells: the time to resolve is the nearest measure.
SELECT
  channel,
  count() AS sessions,
  round(sessions / sum(sessions) OVER (), 4) AS sessions_share,
  countIf(is_waiting) AS waiting,
  round(waiting / sessions, 4) AS waiting_share,
  count(seconds_to_resolve) AS sessions_resolved,
  countIf(is_open) AS sessions_open,
  round(quantileExactInclusiveOrNull(0.5)(seconds_to_resolve)) AS median_seconds_to_resolve,
  round(quantileExactInclusiveOrNull(0.9)(seconds_to_resolve)) AS p90_seconds_to_resolve,
  round(quantileExactInclusiveOrNull(0.5)(business_seconds_to_resolve)) AS median_business_seconds_to_resolve
FROM session_outcomes_between(from = {from:DateTime}, to = {to:DateTime})
WHERE ({app:String} = '' OR app_id = {app:String}) AND ({channel:String} = '' OR channel = {channel:String})
GROUP BY channel
ORDER BY median_seconds_to_resolve DESC NULLS LAST, channel
