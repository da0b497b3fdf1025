-- How long does it take to resolve, by agent and channel?
-- Of the sessions that started in the period and are resolved: from the customer's first message to the first
-- resolution, which names the agent. Business seconds count within the hours of business_hours alone. The
-- time from the assignment is not known: no webhook tells when an agent was assigned.
WITH (text -> if(lengthUTF8(text) > 200, concat(leftUTF8(text, 199), '…'), text)) AS short
SELECT
  short(argMax(next_agent_name, next_at)) AS agent,
  app_id,
  next_agent_id AS agent_id,
  argMax(next_agent_email, next_at) AS agent_email,
  next_channel AS channel,
  count() AS sessions_resolved,
  round(quantileExactInclusive(0.5)(assumeNotNull(seconds_to_resolve))) AS median_seconds_to_resolve,
  round(quantileExactInclusive(0.9)(assumeNotNull(seconds_to_resolve))) AS p90_seconds_to_resolve,
  round(quantileExactInclusive(0.5)(assumeNotNull(business_seconds_to_resolve)))
    AS median_business_seconds_to_resolve
FROM (
  SELECT *, if(next_agent_id = 0, next_agent_email, '') AS email_of_agent
  FROM room_timeline
  WHERE NOT is_resolution AND next_is_resolution AND at >= {from:DateTime} AND at < {to:DateTime64(3)}
    AND ({app:String} = '' OR app_id = {app:String}) AND ({channel:String} = '' OR next_channel = {channel:String})
)
GROUP BY app_id, next_agent_id, email_of_agent, next_channel
ORDER BY median_seconds_to_resolve DESC, agent_id, agent_email, channel, app_id
