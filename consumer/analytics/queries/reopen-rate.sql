-- How often do customers come back within 24 hours of a resolution?
-- Of the resolutions received in the period since which 24 hours have passed, so that a reopening would be
-- known. A new session reopens the last resolution before it, and no other: the agent is who resolved last.
WITH (text -> if(lengthUTF8(text) > 200, concat(leftUTF8(text, 199), '…'), text)) AS short
SELECT
  short(argMax(agent_name, at)) AS agent,
  app_id,
  agent_id,
  argMax(agent_email, at) AS agent_email,
  channel,
  count() AS resolutions,
  countIf(is_24h_old) AS resolutions_24h_old,
  countIf(is_reopened_within_24h) AS reopened_within_24h,
  if(resolutions_24h_old = 0, NULL, round(reopened_within_24h / resolutions_24h_old, 4)) AS reopened_share
FROM (
  SELECT *, if(agent_id = 0, agent_email, '') AS email_of_agent
  FROM room_timeline
  WHERE is_resolution AND at >= {from:DateTime} AND at < {to:DateTime64(3)}
    AND ({app:String} = '' OR app_id = {app:String}) AND ({channel:String} = '' OR channel = {channel:String})
)
GROUP BY app_id, agent_id, email_of_agent, channel
ORDER BY reopened_share DESC NULLS LAST, resolutions DESC, agent_id, agent_email, channel, app_id
