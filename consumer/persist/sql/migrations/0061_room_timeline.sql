-- Every session and resolution of each room in the order of time, each with what stands next to it: the one
-- place where sessions and resolutions are put together. Only rows from `since` on are read, so what comes
-- later is always right, and what came before is known back to `since`.
-- A session starts at occurred_at, the customer's first message. opened_at would not do: it can lie minutes
-- before it. A resolution stands at occurred_at, which is received_at, as its payload has no time: one
-- delivered late counts late. At the same instant a session stands before a resolution, and then the one
-- that arrived first. (Not the event id: sorting by it would cost a quarter of the time.)
-- Rooms are told apart by a number, not by app and room id: to sort by it costs half. (Two of a million
-- rooms share one with a chance of 1 to 30 million.)
-- Business seconds before an instant, see business_calendar, are worked out for each row, so that those
-- between two rows are a difference.
-- One reopening counts once: of the resolutions since the session before, the last is the one that the new
-- session reopens, and whoever resolved last is charged with it. The others were not reopened.
-- Columns that a query does not ask for cost nothing.
-- The window runs backwards, so that each frame only grows: a frame up to the end of the room would be
-- added up again for each row, which a room with thousands of sessions makes slow.
CREATE OR REPLACE VIEW room_timeline (
  app_id LowCardinality(String) COMMENT 'The Qiscus app',
  room_id String COMMENT 'The room',
  room_key UInt64 COMMENT 'A number for app and room, quicker than the two to group, count or look up by',
  is_resolution Bool COMMENT 'Whether the row is a resolution, else it is a session',
  at DateTime64(3, 'UTC') COMMENT 'When the session started or the resolution was received, UTC, milliseconds',
  event_id String COMMENT 'The event, in sessions or resolutions',
  channel LowCardinality(String) COMMENT 'Channel of the session or the resolution',
  channel_name String COMMENT 'Name of the channel, of sessions only',
  room_name String COMMENT 'Name of the room, of sessions only',
  customer_id String COMMENT 'The customer',
  customer_name String COMMENT 'Their name',
  customer_key UInt64 COMMENT 'A number for app and customer, quicker than the two to count, 0 when the vendor sent no customer',
  is_waiting Bool COMMENT 'Whether the customer waited for an agent at the start, of sessions only',
  agent_id UInt64 COMMENT 'Who resolved it, of resolutions only',
  agent_email String COMMENT 'Their e-mail address, of resolutions only',
  agent_name String COMMENT 'Their name, of resolutions only',
  agent_role LowCardinality(String) COMMENT 'Their role, of resolutions only',
  has_notes Bool COMMENT 'Whether the agent noted something, of resolutions only',
  next_is_resolution Bool COMMENT 'Whether the next row of the room is a resolution, false also when there is none',
  next_at DateTime64(3, 'UTC') COMMENT 'Its time, 1970 when there is none',
  next_event_id String COMMENT 'Its event, empty when there is none',
  next_agent_id UInt64 COMMENT 'Who resolved it, 0 when it is no resolution',
  next_agent_email String COMMENT 'Their e-mail address, empty when it is no resolution',
  next_agent_name String COMMENT 'Their name, empty when it is no resolution',
  next_agent_role String COMMENT 'Their role, empty when it is no resolution',
  next_session_at Nullable(DateTime64(3, 'UTC')) COMMENT 'Start of the next session of the room',
  has_later_resolution Bool COMMENT 'Whether any resolution of the room follows',
  previous_is_session Bool COMMENT 'Whether the row of the room before this one is a session, false also when there is none',
  previous_at DateTime64(3, 'UTC') COMMENT 'Its time, 1970 when there is none',
  previous_event_id String COMMENT 'Its event, empty when there is none',
  seconds_to_resolve Nullable(Int64) COMMENT 'Of sessions whose next row is a resolution: whole seconds until it, else NULL',
  business_seconds_to_resolve Nullable(Int64) COMMENT 'Those of them within the working hours of business_hours',
  seconds_since_session Nullable(Int64) COMMENT 'Of resolutions before which a session stands: whole seconds since it, else NULL',
  business_seconds_since_session Nullable(Int64) COMMENT 'Those of them within the working hours of business_hours',
  is_24h_old Bool COMMENT 'Of resolutions: whether 24 hours have passed since, so that a reopening within 24 hours would be known',
  is_reopened_within_24h Bool COMMENT 'Of resolutions that are 24 hours old: whether reopened_at lies within them',
  reopened_at Nullable(DateTime64(3, 'UTC')) COMMENT 'Of resolutions: start of the next session of the room, when no other resolution stands between the two. The last resolution before a new session is the one it reopens'
)
COMMENT 'room_timeline(since = ...): sessions and resolutions of each room in order, with their neighbours'
AS
WITH
  (
    SELECT
      groupArray(app_id) AS apps,
      groupArray(changes) AS changes,
      groupArray(offsets) AS offsets,
      groupArray(corrections) AS corrections,
      groupArray(open_in_week) AS open_in_week,
      arrayFlatten(groupArray(opens)) AS opens,
      arrayFlatten(groupArray(open_for)) AS open_for,
      arrayFlatten(groupArray(open_before)) AS open_before
    FROM (SELECT * FROM business_calendar ORDER BY app_id)
  ) AS calendar,
  -- Step 1: the rows of both tables, shaped alike.
  told AS (
    SELECT
      app_id, room_id,
      cityHash64(app_id, room_id) AS room_key,
      false AS is_resolution,
      occurred_at AS at,
      sequence, event_id, channel, channel_name, room_name, customer_id, customer_name,
      if(customer_id = '', 0, cityHash64(app_id, customer_id)) AS customer_key,
      is_waiting,
      0 AS agent_id, '' AS agent_email, '' AS agent_name, '' AS agent_role,
      false AS has_notes
    FROM sessions
    WHERE occurred_at >= {since:DateTime}
    UNION ALL
    SELECT
      app_id, room_id,
      cityHash64(app_id, room_id),
      true,
      occurred_at,
      sequence, event_id, channel, '', '', customer_id, customer_name,
      if(customer_id = '', 0, cityHash64(app_id, customer_id)),
      false,
      agent_id, agent_email, agent_name, agent_role,
      notes != ''
    FROM resolutions
    WHERE occurred_at >= {since:DateTime}
  ),
  -- Step 2: each with its business seconds.
  placed AS (
    WITH
      -- An app without hours of its own has those of app '', the first.
      greatest(indexOf(calendar.apps, app_id), 1) AS app_number,
      toUnixTimestamp(at) AS unix_seconds,
      1 + arrayCount(change -> change <= unix_seconds, calendar.changes[app_number]) AS offset_number,
      unix_seconds + calendar.offsets[app_number][offset_number] AS local_seconds,
      intDiv(local_seconds, 86400) + 3 AS days_since_monday,
      (app_number - 1) * 7 + 1 + days_since_monday % 7 AS day
    SELECT
      *,
      toInt64(
        intDiv(days_since_monday, 7) * calendar.open_in_week[app_number]
        + calendar.open_before[day]
        + least(greatest(local_seconds % 86400 - calendar.opens[day], 0), calendar.open_for[day])
        + calendar.corrections[app_number][offset_number]
      ) AS business_at
    FROM told
  ),
  -- Step 3: each with its neighbours in the room.
  neighboured AS (
    SELECT
      *,
      last_value(is_resolution) OVER later AS next_is_resolution,
      last_value(at) OVER later AS next_at,
      last_value(business_at) OVER later AS next_business_at,
      last_value(event_id) OVER later AS next_event_id,
      last_value(agent_id) OVER later AS next_agent_id,
      last_value(agent_email) OVER later AS next_agent_email,
      last_value(agent_name) OVER later AS next_agent_name,
      last_value(agent_role) OVER later AS next_agent_role,
      minIf(at, NOT is_resolution) OVER later AS next_session,
      max(is_resolution) OVER later AS has_later_resolution,
      any(NOT is_resolution) OVER before AS previous_is_session,
      any(at) OVER before AS previous_at,
      any(business_at) OVER before AS previous_business_at,
      any(event_id) OVER before AS previous_event_id
    FROM placed
    WINDOW
      later AS (
        PARTITION BY room_key, app_id ORDER BY at DESC, is_resolution DESC, sequence DESC
        ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
      ),
      before AS (
        PARTITION BY room_key, app_id ORDER BY at DESC, is_resolution DESC, sequence DESC
        ROWS BETWEEN 1 FOLLOWING AND 1 FOLLOWING
      )
  ),
  NOT is_resolution AND next_is_resolution AS is_resolved_session,
  is_resolution AND previous_is_session AS is_first_resolution
-- Step 4: what the neighbours mean.
SELECT
  app_id, room_id, room_key, is_resolution, at, event_id,
  channel, channel_name, room_name,
  customer_id, customer_name, customer_key,
  is_waiting,
  agent_id, agent_email, agent_name, agent_role,
  has_notes,
  next_is_resolution, next_at, next_event_id,
  next_agent_id, next_agent_email, next_agent_name, next_agent_role,
  nullIf(next_session, toDateTime64(0, 3, 'UTC')) AS next_session_at,
  has_later_resolution,
  previous_is_session, previous_at, previous_event_id,
  if(is_resolved_session, intDiv(toUnixTimestamp64Milli(next_at) - toUnixTimestamp64Milli(at), 1000), NULL)
    AS seconds_to_resolve,
  if(is_resolved_session, next_business_at - business_at, NULL) AS business_seconds_to_resolve,
  if(is_first_resolution, intDiv(toUnixTimestamp64Milli(at) - toUnixTimestamp64Milli(previous_at), 1000), NULL)
    AS seconds_since_session,
  if(is_first_resolution, business_at - previous_business_at, NULL) AS business_seconds_since_session,
  toBool(is_resolution AND at <= now64(3) - INTERVAL 24 HOUR) AS is_24h_old,
  toBool(is_24h_old AND isNotNull(reopened_at) AND next_at <= at + INTERVAL 24 HOUR) AS is_reopened_within_24h,
  if(is_resolution AND NOT next_is_resolution, next_session_at, NULL) AS reopened_at
FROM neighboured;
