-- Each session with how it ended: the first resolution of its room after it and before the room's next
-- session. What these webhooks cannot tell, and so stands nowhere here: the first response, the time of
-- assignment, the hours that an agent was online. For a period, session_outcomes_between reads less and
-- answers the same.
-- It names the database of the view that it calls: ClickHouse fills in that of a table, not that of a view with
-- parameters, which would be looked for in the database of whoever asks.
CREATE OR REPLACE VIEW session_outcomes (
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
COMMENT 'Each session with how it ended'
AS
SELECT * FROM `${CH_MIGRATIONS_DB}`.session_outcomes_between(from = '1970-01-01 00:00:00', to = '2106-01-01 00:00:00');
