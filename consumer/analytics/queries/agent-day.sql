-- What did this agent do?
-- Resolutions with the session that each ended, logouts, clicks on custom buttons, and the conversations that the
-- agent was proposed for, in order of time. What agents write, and when they log in, no webhook tells. An agent by
-- digits is an id, clicks are then found by the addresses that it has; else an e-mail address, of whatever id.
-- Texts of over 500 characters end in … there. Needs app and agent.
WITH
  (id, address) ->
    toString(id) = {agent:String}
    OR (address = {agent:String} AND NOT match({agent:String}, '^[0-9]+$'))
    OR (id = 0 AND concat('0 ', address) = {agent:String})
    AS is_theirs,
  (
    SELECT groupUniqArray(1000)(room_id)
    FROM resolutions_rows
    WHERE app_id = {app:String} AND is_theirs(agent_id, agent_email)
      AND occurred_at >= {from:DateTime} AND occurred_at < {to:DateTime64(3)}
  ) AS rooms,
  (
    SELECT groupUniqArrayIf(100)(address, address != '')
    FROM (
      SELECT agent_email AS address FROM resolutions_rows
      WHERE app_id = {app:String} AND is_theirs(agent_id, agent_email)
        AND occurred_at >= since AND occurred_at < {to:DateTime64(3)}
      UNION ALL
      SELECT user_email FROM agent_logouts_rows
      WHERE app_id = {app:String} AND is_theirs(user_id, user_email)
        AND occurred_at >= since AND occurred_at < {to:DateTime64(3)}
      UNION ALL
      SELECT if(match({agent:String}, '^[0-9]+$'), '', replaceRegexpOne({agent:String}, '^0 ', ''))
    )
  ) AS addresses,
{{story}},
  done AS (
    SELECT
      details.at AS at, received_at, event_id, details.kind AS kind, details.room_id AS room_id,
      customer_id, customer_name, channel, text, outcome,
      seconds_to_resolve, business_seconds_to_resolve, reopened_at, false AS force_offline,
      agent_name, agent_id, agent_email
    FROM (
      SELECT * FROM told
      WHERE kind = 'resolution' AND is_theirs(agent_id, agent_email)
        AND at >= {from:DateTime} AND at < {to:DateTime64(3)}
    ) AS details
    INNER JOIN (
      SELECT event_id, outcome, seconds_to_resolve, business_seconds_to_resolve, reopened_at
      FROM story
    ) AS outcomes USING (event_id)
    UNION ALL
    SELECT
      occurred_at, received_at, event_id, 'agent-logout', '', '', '', '', '', '',
      NULL, NULL, NULL, force_offline, short(user_name), user_id, user_email
    FROM agent_logouts
    WHERE app_id = {app:String} AND is_theirs(user_id, user_email)
      AND occurred_at >= {from:DateTime} AND occurred_at < {to:DateTime64(3)}
    UNION ALL
    SELECT
      occurred_at, received_at, event_id, 'allocation', room_id, customer_id, short(customer_name), channel, '', '',
      NULL, NULL, NULL, false, short(candidate_agent_name), candidate_agent_id, candidate_agent_email
    FROM allocations
    WHERE app_id = {app:String} AND is_theirs(candidate_agent_id, candidate_agent_email)
      AND occurred_at >= {from:DateTime} AND occurred_at < {to:DateTime64(3)}
    UNION ALL
    SELECT
      occurred_at, received_at, event_id, 'custom-button', room_id, customer_id, short(customer_name), short(channel_type),
      short(notes), '', NULL, NULL, NULL, false, short(agent_name), 0, agent_email
    FROM button_clicks
    WHERE app_id = {app:String} AND agent_email IN addresses
      AND occurred_at >= {from:DateTime} AND occurred_at < {to:DateTime64(3)}
  )
SELECT
  toTimeZone(at, {tz:String}) AS happened,
  kind, customer_name, text, channel, gap_seconds, outcome, seconds_to_resolve, business_seconds_to_resolve,
  toTimeZone(reopened_at, {tz:String}) AS reopened,
  force_offline,
  agent_name AS agent, agent_id, agent_email,
  {app:String} AS app_id,
  room_id, customer_id,
  toTimeZone(received_at, {tz:String}) AS received,
  event_id,
  rows_in_all
FROM (
  SELECT
    *,
    if(count() OVER before = 0, NULL, dateDiff('second', max(at) OVER before, at)) AS gap_seconds,
    count() OVER () AS rows_in_all
  FROM done
  WINDOW before AS (ORDER BY at, event_id ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING)
)
ORDER BY at, event_id
LIMIT {limit:UInt32} OFFSET {offset:UInt32}
-- A crowded room is put in order on the disk, within the memory of a query.
SETTINGS max_threads = 1, max_bytes_before_external_sort = 20000000
