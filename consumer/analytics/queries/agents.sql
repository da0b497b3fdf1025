-- Who resolves most, how fast, and how much comes back?
-- resolutions are events received in the period; sessions_resolved and the times are of the sessions that
-- started in it. A reopened conversation still counts for who resolved it; the reopening is charged to the
-- last resolution before the new session, once. One id is one agent, by their newest name and address; who
-- has no id is told by the address. First response, time of assignment and hours online are not known: no
-- webhook tells them.
WITH (text -> if(lengthUTF8(text) > 200, concat(leftUTF8(text, 199), '…'), text)) AS short
SELECT
  short(argMax(agent_name, at)) AS agent,
  app_id,
  agent_id,
  argMax(agent_email, at) AS agent_email,
  argMax(agent_role, at) AS agent_role,
  countIf(is_in_period) AS resolutions,
  countIf(is_in_period AND has_notes) AS resolutions_with_notes,
  uniqExactIf(room_key, is_in_period) AS rooms,
  uniqExactIf(customer_key, is_in_period AND customer_key != 0) AS customers,
  count(seconds_since_session) AS sessions_resolved,
  round(quantileExactInclusiveOrNull(0.5)(seconds_since_session)) AS median_seconds_to_resolve,
  round(quantileExactInclusiveOrNull(0.9)(seconds_since_session)) AS p90_seconds_to_resolve,
  countIf(is_in_period AND is_24h_old) AS resolutions_24h_old,
  countIf(is_in_period AND is_reopened_within_24h) AS reopened_within_24h,
  if(resolutions_24h_old = 0, NULL, round(reopened_within_24h / resolutions_24h_old, 4)) AS reopened_share
FROM (
  SELECT
    * EXCEPT seconds_since_session,
    if(agent_id = 0, agent_email, '') AS email_of_agent,
    at < {to:DateTime} AS is_in_period,
    previous_is_session AND previous_at >= {from:DateTime} AND previous_at < {to:DateTime64(3)} AS is_of_period,
    if(is_of_period, seconds_since_session, NULL) AS seconds_since_session
  FROM room_timeline
  WHERE is_resolution AND at >= {from:DateTime} AND (is_in_period OR is_of_period)
    AND ({app:String} = '' OR app_id = {app:String}) AND ({channel:String} = '' OR channel = {channel:String})
)
GROUP BY app_id, agent_id, email_of_agent
ORDER BY resolutions DESC, agent_id, agent_email, app_id
