-- resolution_outcomes of the resolutions received in [from, to): the same rows, but only the rooms they are in are put
-- in order. Their sessions can have started long before, so the history of those rooms is read whole.
CREATE VIEW IF NOT EXISTS resolution_outcomes_between (
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
  reopened_at Nullable(DateTime64(3, 'UTC')) COMMENT 'Start of the next session of the room, however late',
  is_24h_old Bool COMMENT 'Whether 24 hours have passed since, so that a reopening within 24 hours would be known',
  is_reopened_within_24h Bool COMMENT 'Whether 24 hours have passed since and the room had a new session within them'
)
COMMENT 'resolution_outcomes_between(from = ..., to = ...): each resolution received in the period, with the session it resolved'
AS
WITH
  (
    SELECT groupArray(app_id) AS apps, groupArray(changes) AS changes, groupArray(offsets) AS offsets, arrayFlatten(groupArray(opens)) AS opens,
      arrayFlatten(groupArray(open_for)) AS open_for, arrayFlatten(groupArray(open_before)) AS open_before, groupArray(open_in_week) AS open_in_week
    FROM (SELECT * FROM business_calendar ORDER BY app_id)
  ) AS calendar,
  greatest(indexOf(calendar.apps, app_id), 1) AS app_number,
  arrayMap(
    instant -> toUnixTimestamp(instant) + calendar.offsets[app_number][1 + arrayCount(change -> change <= toUnixTimestamp(instant), calendar.changes[app_number])],
    [previous_at, at]
  ) AS local_seconds,
  arrayMap(local -> (app_number - 1) * 7 + 1 + (intDiv(local, 86400) + 3) % 7, local_seconds) AS days,
  arrayMap(
    (local, day) -> intDiv(intDiv(local, 86400) + 3, 7) * calendar.open_in_week[app_number] + calendar.open_before[day]
      + least(greatest(local % 86400 - calendar.opens[day], 0), calendar.open_for[day]),
    local_seconds, days
  ) AS business_seconds
SELECT
  app_id, room_id, event_id, channel, customer_id, customer_name, agent_id, agent_email, agent_name, agent_role, has_notes,
  at AS resolved_at,
  if(previous_is_session, previous_event_id, '') AS session_id,
  if(previous_is_session, previous_at, NULL) AS session_at,
  if(previous_is_session, intDiv(toUnixTimestamp64Milli(at) - toUnixTimestamp64Milli(previous_at), 1000), NULL) AS seconds_to_resolve,
  if(previous_is_session, business_seconds[2] - business_seconds[1], NULL) AS business_seconds_to_resolve,
  next_session_at AS reopened_at,
  is_24h_old,
  is_reopened_within_24h
FROM room_timeline(since = '1970-01-01 00:00:00')
WHERE is_resolution AND at >= {from:DateTime} AND at < {to:DateTime}
  AND (app_id, room_id) IN (SELECT app_id, room_id FROM resolutions WHERE received_at >= {from:DateTime} AND received_at < {to:DateTime});
