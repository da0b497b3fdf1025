-- Whom does the allocation propose, and how often?
-- The webhook fires on every message of a customer until an agent is assigned, so requests count neither
-- sessions nor assignments, and when an agent was assigned is not known. agent_id 0: nobody was available.
-- One id is one agent, by their newest name and address.
WITH (text -> if(lengthUTF8(text) > 200, concat(leftUTF8(text, 199), '…'), text)) AS short
SELECT
  short(argMax(candidate_agent_name, occurred_at)) AS agent,
  app_id,
  candidate_agent_id AS agent_id,
  argMax(candidate_agent_email, occurred_at) AS agent_email,
  count() AS requests,
  uniqExact(room_id) AS rooms,
  round(requests / rooms, 2) AS requests_per_room
FROM allocations
WHERE occurred_at >= {from:DateTime} AND occurred_at < {to:DateTime64(3)}
  AND ({app:String} = '' OR app_id = {app:String}) AND ({channel:String} = '' OR channel = {channel:String})
GROUP BY app_id, candidate_agent_id, if(candidate_agent_id = 0, candidate_agent_email, '')
ORDER BY requests DESC, agent_id, agent_email, app_id
