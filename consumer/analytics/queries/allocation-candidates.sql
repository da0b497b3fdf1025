-- Whom does the allocation propose, and how often?
-- The webhook fires on every message of a customer until an agent is assigned, so requests count neither sessions nor
-- assignments, and when an agent was assigned is not known. agent_id 0: nobody was available.
SELECT
  any(candidate_agent_name) AS agent,
  candidate_agent_id AS agent_id,
  candidate_agent_email AS agent_email,
  count() AS requests,
  uniqExact(cityHash64(app_id, room_id)) AS rooms,
  round(requests / rooms, 2) AS requests_per_room
FROM allocations
WHERE occurred_at >= {from:DateTime} AND occurred_at < {to:DateTime} AND ({app:String} = '' OR app_id = {app:String}) AND ({channel:String} = '' OR channel = {channel:String})
GROUP BY candidate_agent_id, candidate_agent_email
ORDER BY requests DESC, agent_id, agent_email
