-- How long does it take to resolve, by agent and channel?
-- Of the sessions that started in the period and are resolved: from the customer's first message to the first
-- resolution, which names the agent. Business seconds count within the hours of business_hours alone. The
-- time from the assignment is not known: no webhook tells when an agent was assigned.
WITH (text -> if(lengthUTF8(text) > 200, concat(leftUTF8(text, 199), '…'), text)) AS short
SELECT
  short(argMax(agent_name, at)) AS agent,
  app_id,
  agent_id,
  argMax(agent_email, at) AS agent_email,
  channel,
  count() AS sessions_resolved,
  round(quantileExactInclusive(0.5)(assumeNotNull(seconds_since_session))) AS median_seconds_to_resolve,
  round(quantileExactInclusive(0.9)(assumeNotNull(seconds_since_session))) AS p90_seconds_to_resolve,
  round(quantileExactInclusive(0.5)(assumeNotNull(business_seconds_since_session)))
    AS median_business_seconds_to_resolve
FROM (
  SELECT *, if(agent_id = 0, agent_email, '') AS email_of_agent
  FROM room_timeline
  WHERE is_resolution AND at >= {from:DateTime}
    AND previous_is_session AND previous_at >= {from:DateTime} AND previous_at < {to:DateTime64(3)}
    AND ({app:String} = '' OR app_id = {app:String}) AND ({channel:String} = '' OR channel = {channel:String})
)
GROUP BY app_id, agent_id, email_of_agent, channel
ORDER BY median_seconds_to_resolve DESC, agent_id, agent_email, channel, app_id
