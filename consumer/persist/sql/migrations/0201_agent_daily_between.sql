-- agent_daily_between(tz = 'Asia/Jakarta', from = '2026-11-01', to = '2026-12-01'): one row per app, agent and local day in
-- [from, to) on which they resolved or logged out. An agent is their id, or their e-mail address where the id is 0. Credit
-- stays: a conversation that is reopened still counts for who resolved it, on the day they did. One reopening counts once:
-- it is charged to the last resolution before the new session.
-- Not here, because no webhook tells it: first response, time of assignment, hours online. There is no webhook for coming
-- online, and last_login of a logout is often weeks old, so logout minus last_login is not a shift.
CREATE OR REPLACE VIEW agent_daily_between (
  day Date COMMENT 'Local day in tz, of the resolution or the logout',
  app_id LowCardinality(String) COMMENT 'The Qiscus app',
  agent_id UInt64 COMMENT 'The agent, admin or supervisor, 0 when the vendor sent none. One id is one row, though the vendor rewrote its address, and two ids with one address are two',
  agent_email String COMMENT 'Their e-mail address, the latest of the day',
  agent_name String COMMENT 'Their name, the latest of the day',
  agent_role LowCardinality(String) COMMENT 'admin, supervisor, agent or any role that is new',
  channels Array(String) COMMENT 'Channels of what they resolved, in alphabetical order',
  resolutions UInt64 COMMENT 'Resolutions, as events: a room resolved twice counts twice',
  resolutions_with_notes UInt64 COMMENT 'Those with a note',
  sessions_resolved UInt64 COMMENT 'Sessions they were the first to resolve, at most one for each resolution',
  rooms UInt64 COMMENT 'Distinct rooms of the resolutions',
  customers UInt64 COMMENT 'Distinct customers of the resolutions',
  median_seconds_to_resolve Nullable(Float64) COMMENT 'Median over sessions_resolved, from the first message of the customer to the resolution, seconds. Not the time from the assignment, which no webhook tells',
  p90_seconds_to_resolve Nullable(Float64) COMMENT '90th percentile of the same, seconds',
  median_business_seconds_to_resolve Nullable(Float64) COMMENT 'Median within the working hours of business_hours, seconds',
  resolutions_24h_old UInt64 COMMENT 'Resolutions since which 24 hours have passed: what reopened_within_24h is a share of',
  reopened_within_24h UInt64 COMMENT 'Those of resolutions_24h_old that a new session of the room reopened within 24 hours. It reopens the last resolution before it, and no other',
  logouts UInt64 COMMENT 'Logouts, forced ones too',
  forced_logouts UInt64 COMMENT 'Logouts that were forced',
  last_logout_at Nullable(DateTime('UTC')) COMMENT 'The latest logout of the day, UTC. The first login is not known, no webhook tells it'
)
COMMENT 'agent_daily_between(tz = ..., from = ..., to = ...): agent_daily of the local days from the first up to, not including, the second'
AS
SELECT
  day, app_id, agent_id,
  argMax(email, at) AS agent_email,
  argMax(name, at) AS agent_name,
  argMax(role, at) AS agent_role,
  arraySort(groupUniqArrayIf(channel, is_resolution)) AS channels,
  countIf(is_resolution) AS resolutions,
  countIf(has_notes) AS resolutions_with_notes,
  count(seconds) AS sessions_resolved,
  uniqExactIf(room_id, is_resolution) AS rooms,
  uniqExactIf(customer_id, is_resolution AND customer_id != '') AS customers,
  quantileExactInclusiveOrNull(0.5)(seconds) AS median_seconds_to_resolve,
  quantileExactInclusiveOrNull(0.9)(seconds) AS p90_seconds_to_resolve,
  quantileExactInclusiveOrNull(0.5)(business_seconds) AS median_business_seconds_to_resolve,
  countIf(is_24h_old) AS resolutions_24h_old,
  countIf(is_reopened) AS reopened_within_24h,
  countIf(NOT is_resolution) AS logouts,
  countIf(is_forced) AS forced_logouts,
  maxOrNullIf(toDateTime(at, 'UTC'), NOT is_resolution) AS last_logout_at
FROM (
  SELECT
    toDate(room_timeline.at, {tz:String}) AS day,
    app_id,
    agent_id, agent_email AS email, agent_name AS name, agent_role AS role,
    at,
    true AS is_resolution,
    channel, has_notes, room_id, customer_id,
    seconds_since_session AS seconds,
    business_seconds_since_session AS business_seconds,
    is_24h_old,
    is_reopened_within_24h AS is_reopened,
    false AS is_forced
  FROM room_timeline
  WHERE room_timeline.is_resolution AND at >= toDateTime64({from:Date}, 3, {tz:String}) AND at < toDateTime64({to:Date}, 3, {tz:String})
  UNION ALL
  SELECT
    toDate(occurred_at, {tz:String}),
    app_id,
    user_id, user_email, user_name, role,
    occurred_at,
    false,
    '', false, '', '', NULL, NULL, false, false,
    force_offline
  FROM agent_logouts
  WHERE occurred_at >= toDateTime64({from:Date}, 3, {tz:String}) AND occurred_at < toDateTime64({to:Date}, 3, {tz:String})
)
WHERE day >= {from:Date} AND day < {to:Date}
GROUP BY day, app_id, agent_id, if(agent_id = 0, email, '');
