-- How often do customers come back within 24 hours of a resolution?
-- Of the resolutions received in the period since which 24 hours have passed, so that a reopening would be known. The
-- agent is who resolved it.
SELECT
  any(agent_name) AS agent,
  agent_id,
  agent_email,
  channel,
  count() AS resolutions,
  countIf(is_24h_old) AS resolutions_24h_old,
  countIf(is_reopened_within_24h) AS reopened_within_24h,
  if(resolutions_24h_old = 0, NULL, round(reopened_within_24h / resolutions_24h_old, 4)) AS reopened_share
FROM room_timeline(since = {from:DateTime})
WHERE is_resolution AND at < {to:DateTime} AND ({app:String} = '' OR app_id = {app:String}) AND ({channel:String} = '' OR channel = {channel:String})
GROUP BY app_id, agent_id, agent_email, channel
ORDER BY reopened_share DESC NULLS LAST, resolutions DESC, agent_id, agent_email, channel
