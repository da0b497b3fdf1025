-- session_outcomes of the sessions that started in [from, to): the same rows, without reading what came before or after.
-- (to is a DateTime64: with a DateTime, ClickHouse's index leaves out a part whose rows all lie in the last second.)
-- A session that was resolved and whose room had another one after it was reopened: once, however many resolutions came in
-- between. Who is charged with it is in resolution_outcomes: whoever resolved last before the new session.
CREATE OR REPLACE VIEW session_outcomes_between (
  app_id LowCardinality(String) COMMENT 'The Qiscus app',
  room_id String COMMENT 'The room',
  room_key UInt64 COMMENT 'A number for app and room, quicker than the two to group, count or look up by',
  event_id String COMMENT 'The session, in sessions',
  room_name String COMMENT 'Name of the room',
  channel LowCardinality(String) COMMENT 'Where the customer wrote, wa, qiscus and others, as the vendor spells it',
  channel_name String COMMENT 'Name of the channel',
  customer_id String COMMENT 'The customer, a phone number or an e-mail address as a rule',
  customer_name String COMMENT 'Their name',
  is_waiting Bool COMMENT 'Whether the customer waited for an agent when the session started. For how long is not known, no webhook tells when an agent was assigned',
  occurred_at DateTime64(3, 'UTC') COMMENT 'Start of the session, the first message of the customer, UTC, milliseconds. The first answer of an agent is not known, no webhook tells it',
  resolution_id String COMMENT 'Event id of the first resolution of the room at or after the start and before the next session of the room, empty when there is none',
  resolved_at Nullable(DateTime64(3, 'UTC')) COMMENT 'When that resolution was received, UTC, milliseconds. Its payload has no time, so one delivered late counts late',
  agent_id UInt64 COMMENT 'Who resolved it, also after a reopening, 0 when not resolved. Who was assigned before is not known',
  agent_email String COMMENT 'Their e-mail address, empty when not resolved',
  agent_name String COMMENT 'Their name, empty when not resolved',
  agent_role LowCardinality(String) COMMENT 'admin, supervisor, agent or any role that is new, empty when not resolved',
  seconds_to_resolve Nullable(Int64) COMMENT 'Whole seconds from occurred_at to resolved_at, NULL when not resolved',
  business_seconds_to_resolve Nullable(Int64) COMMENT 'Those of them within the working hours of business_hours, NULL when not resolved',
  reopened_at Nullable(DateTime64(3, 'UTC')) COMMENT 'Start of the next session of the room after resolved_at, however late, NULL when not resolved or not reopened. What it reopens is the last resolution before it, so the reopening is charged to whoever resolved last, see resolution_outcomes',
  seconds_to_reopen Nullable(Int64) COMMENT 'Whole seconds from resolved_at to reopened_at',
  next_session_at Nullable(DateTime64(3, 'UTC')) COMMENT 'Start of the next session of the room, resolved or not',
  is_open Bool COMMENT 'Whether no resolution of the room followed at all. A session that was followed by another and then resolved is not open, and not resolved either'
)
COMMENT 'session_outcomes_between(from = ..., to = ...): each session that started in the period, with how it ended'
AS
SELECT
  app_id, room_id, room_key, event_id, room_name, channel, channel_name, customer_id, customer_name, is_waiting,
  at AS occurred_at,
  if(next_is_resolution, next_event_id, '') AS resolution_id,
  if(next_is_resolution, next_at, NULL) AS resolved_at,
  next_agent_id AS agent_id,
  next_agent_email AS agent_email,
  next_agent_name AS agent_name,
  next_agent_role AS agent_role,
  seconds_to_resolve,
  business_seconds_to_resolve,
  if(next_is_resolution, next_session_at, NULL) AS reopened_at,
  intDiv(toUnixTimestamp64Milli(reopened_at) - toUnixTimestamp64Milli(resolved_at), 1000) AS seconds_to_reopen,
  next_session_at,
  toBool(NOT has_later_resolution) AS is_open
FROM room_timeline
WHERE NOT is_resolution AND at >= {from:DateTime} AND at < {to:DateTime64(3)};
