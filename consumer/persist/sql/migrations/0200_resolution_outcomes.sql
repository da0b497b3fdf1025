-- Each resolution (an event: a room resolved twice counts twice) with the session it resolved, and whether the customer came
-- back. A resolution that follows another one without a session between them resolved none, and of such a row of
-- resolutions the last alone is reopened by the next session: one reopening counts once.
CREATE OR REPLACE VIEW resolution_outcomes (
  app_id LowCardinality(String) COMMENT 'The Qiscus app',
  room_id String COMMENT 'The room',
  event_id String COMMENT 'The resolution, in resolutions',
  channel LowCardinality(String) COMMENT 'Where the customer wrote, wa, qiscus and others, as the vendor spells it',
  customer_id String COMMENT 'The customer',
  customer_name String COMMENT 'Their name',
  agent_id UInt64 COMMENT 'Who resolved it, 0 when the vendor sent none',
  agent_email String COMMENT 'Their e-mail address',
  agent_name String COMMENT 'Their name',
  agent_role LowCardinality(String) COMMENT 'admin, supervisor, agent or any role that is new',
  has_notes Bool COMMENT 'Whether the agent noted something',
  resolved_at DateTime64(3, 'UTC') COMMENT 'When the resolution was received, UTC, milliseconds. Its payload has no time',
  session_id String COMMENT 'Event id of the session that it resolved, empty when it resolved none, as the room was resolved already or its session is not known',
  session_at Nullable(DateTime64(3, 'UTC')) COMMENT 'Start of that session, UTC, milliseconds',
  seconds_to_resolve Nullable(Int64) COMMENT 'Whole seconds from session_at to resolved_at, NULL without a session',
  business_seconds_to_resolve Nullable(Int64) COMMENT 'Those of them within the working hours of business_hours, NULL without a session',
  reopened_at Nullable(DateTime64(3, 'UTC')) COMMENT 'Start of the next session of the room, however late, when this is the last resolution before it, else NULL. A new session reopens the last resolution before it, and no other',
  is_24h_old Bool COMMENT 'Whether 24 hours have passed since, so that a reopening within 24 hours would be known',
  is_reopened_within_24h Bool COMMENT 'Whether 24 hours have passed since and reopened_at lies within them'
)
COMMENT 'Each resolution with the session it resolved'
AS
SELECT
  app_id, room_id, event_id, channel, customer_id, customer_name,
  agent_id, agent_email, agent_name, agent_role,
  has_notes,
  at AS resolved_at,
  if(previous_is_session, previous_event_id, '') AS session_id,
  if(previous_is_session, previous_at, NULL) AS session_at,
  seconds_since_session AS seconds_to_resolve,
  business_seconds_since_session AS business_seconds_to_resolve,
  reopened_at,
  is_24h_old,
  is_reopened_within_24h
FROM room_timeline
WHERE is_resolution;
