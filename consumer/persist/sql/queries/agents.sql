-- Who resolves most, how fast, and how much comes back?
-- resolutions are events received in the period; sessions_resolved and the times are of the sessions that started in it.
-- A reopened conversation still counts for who resolved it. First response, time of assignment and hours online are not
-- known: no webhook tells them.
SELECT
  argMax(name, at) AS agent,
  app_id,
  agent_id,
  argMax(email, at) AS agent_email,
  argMax(role, at) AS agent_role,
  countIf(is_resolution) AS resolutions,
  countIf(has_notes) AS resolutions_with_notes,
  uniqExactIf((app_id, room_id), is_resolution) AS rooms,
  uniqExactIf((app_id, customer_id), is_resolution) AS customers,
  count(seconds) AS sessions_resolved,
  round(quantileExactInclusiveOrNull(0.5)(seconds)) AS median_seconds_to_resolve,
  round(quantileExactInclusiveOrNull(0.9)(seconds)) AS p90_seconds_to_resolve,
  countIf(is_24h_old) AS resolutions_24h_old,
  countIf(is_reopened_within_24h) AS reopened_within_24h,
  if(resolutions_24h_old = 0, NULL, round(reopened_within_24h / resolutions_24h_old, 4)) AS reopened_share
FROM (
  SELECT app_id, room_id, customer_id, at, is_resolution, has_notes, is_24h_old, is_reopened_within_24h, seconds_to_resolve AS seconds,
    if(is_resolution, agent_id, next_agent_id) AS agent_id,
    if(is_resolution, agent_email, next_agent_email) AS email,
    if(is_resolution, agent_name, next_agent_name) AS name,
    if(is_resolution, agent_role, next_agent_role) AS role
  FROM room_timeline(since = {from:DateTime})
  WHERE (is_resolution OR next_is_resolution) AND at < {to:DateTime} AND ({app:String} = '' OR app_id = {app:String}) AND ({channel:String} = '' OR channel = {channel:String})
)
GROUP BY app_id, agent_id, if(agent_id = 0, email, '')
ORDER BY resolutions DESC, agent_id, agent_email
