-- Who resolves most, how fast, and how much comes back?
-- resolutions are events received in the period; sessions_resolved and the times are of the sessions that
-- started in it. A reopened conversation still counts for who resolved it; the reopening is charged to the
-- last resolution before the new session, once. One id is one agent, by their newest name and address; who
-- has no id is told by the address. First response, time of assignment and hours online are not known: no
-- webhook tells them.
-- A session is told with its resolution, whenever that came: so nothing outside of the period is read.
WITH (text -> if(lengthUTF8(text) > 200, concat(leftUTF8(text, 199), '…'), text)) AS short
SELECT
  short(argMax(name, resolved_at)) AS agent,
  app_id,
  id AS agent_id,
  argMax(email, resolved_at) AS agent_email,
  argMax(role, resolved_at) AS agent_role,
  countIf(is_resolution) AS resolutions,
  countIf(has_notes) AS resolutions_with_notes,
  uniqExactIf(room_key, is_resolution) AS rooms,
  uniqExactIf(customer_key, is_resolution AND customer_key != 0) AS customers,
  count(seconds_to_resolve) AS sessions_resolved,
  round(quantileExactInclusiveOrNull(0.5)(seconds_to_resolve)) AS median_seconds_to_resolve,
  round(quantileExactInclusiveOrNull(0.9)(seconds_to_resolve)) AS p90_seconds_to_resolve,
  countIf(is_24h_old) AS resolutions_24h_old,
  countIf(is_reopened_within_24h) AS reopened_within_24h,
  if(resolutions_24h_old = 0, NULL, round(reopened_within_24h / resolutions_24h_old, 4)) AS reopened_share
FROM (
  SELECT
    *,
    if(is_resolution, at, next_at) AS resolved_at,
    if(is_resolution, timeline.agent_id, next_agent_id) AS id,
    if(is_resolution, timeline.agent_email, next_agent_email) AS email,
    if(is_resolution, agent_name, next_agent_name) AS name,
    if(is_resolution, timeline.agent_role, next_agent_role) AS role,
    if(id = 0, email, '') AS email_of_agent
  FROM room_timeline AS timeline
  WHERE at >= {from:DateTime} AND at < {to:DateTime64(3)} AND (is_resolution OR next_is_resolution)
    AND ({app:String} = '' OR app_id = {app:String})
    AND ({channel:String} = '' OR if(is_resolution, channel, next_channel) = {channel:String})
)
GROUP BY app_id, id, email_of_agent
ORDER BY resolutions DESC, agent_id, agent_email, app_id
