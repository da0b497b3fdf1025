-- Every session and resolution, each with what stands next to it in its room. Rooms that are touched are worked out now,
-- all others were kept, so it is right whenever it is asked, and however far the consumer is. Which lots are open is looked
-- up once, before anything is read: what is kept meanwhile belongs to rooms that are left out of it.
-- Business seconds before an instant, see business_calendar, are worked out here, since working hours change: those between
-- two instants are a difference. Columns that a query does not ask for cost nothing but their part of the planning, which
-- is why each instant is worked out step by step, and not by a function: its text would stand here at each of its calls.
-- One reopening counts once: of the resolutions since the session before, the last is the one that the new session reopens,
-- and whoever resolved last is charged with it. The others were not reopened.
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
  next_channel LowCardinality(String) COMMENT 'Its channel, empty when there is none',
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
  reopened_at Nullable(DateTime64(3, 'UTC')) COMMENT 'Of resolutions: start of the next session of the room, when no other resolution stands between the two. The last resolution before a new session is the one it reopens',
  is_kept Bool COMMENT 'Whether it comes from kept_timeline, else it was worked out now',
  is_touched Bool COMMENT 'Of what was worked out now: whether what is kept of it may be another'
)
COMMENT 'Sessions and resolutions of each room, with their neighbours'
AS
WITH
  (SELECT groupArray(lot) FROM room_touches FINAL WHERE NOT is_done) AS open_lots,
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
  touched_rooms AS (
    SELECT item.1 AS app_id, item.2 AS room_id, min(toStartOfHour(item.3)) AS since
    FROM (SELECT arrayJoin(touched) AS item FROM room_touches WHERE has(open_lots, lot))
    GROUP BY app_id, room_id
  ),
  told AS (
    SELECT *
    FROM room_log FINAL
    WHERE (app_id, room_id) IN (SELECT app_id, room_id FROM touched_rooms)
  ),
  neighboured AS (
    SELECT
      *,
      last_value(is_resolution) OVER later AS next_is_resolution,
      last_value(at) OVER later AS next_at,
      last_value(event_id) OVER later AS next_event_id,
      last_value(channel) OVER later AS next_channel,
      last_value(agent_id) OVER later AS next_agent_id,
      last_value(agent_email) OVER later AS next_agent_email,
      last_value(agent_name) OVER later AS next_agent_name,
      last_value(agent_role) OVER later AS next_agent_role,
      minIf(at, NOT is_resolution) OVER later AS next_session_at,
      max(is_resolution) OVER later AS has_later_resolution,
      any(NOT is_resolution) OVER before AS previous_is_session,
      any(at) OVER before AS previous_at,
      any(event_id) OVER before AS previous_event_id,
      maxIf(at, NOT is_resolution AND at < since) OVER room AS session_before,
      maxIf(at, is_resolution AND at < since) OVER room AS resolution_before
    FROM told INNER JOIN touched_rooms USING (app_id, room_id)
    WINDOW
      room AS (PARTITION BY app_id, room_id),
      later AS (
        PARTITION BY app_id, room_id ORDER BY at DESC, is_resolution DESC, sequence DESC
        ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
      ),
      before AS (
        PARTITION BY app_id, room_id ORDER BY at DESC, is_resolution DESC, sequence DESC
        ROWS BETWEEN 1 FOLLOWING AND 1 FOLLOWING
      )
  ),
  timeline AS (
    SELECT * EXCEPT (version, is_deleted), false AS is_touched, true AS is_kept
    FROM kept_timeline FINAL
    WHERE room_key NOT IN (SELECT cityHash64(app_id, room_id) FROM touched_rooms)
    UNION ALL
    SELECT
      app_id, room_id,
      cityHash64(app_id, room_id) AS room_key,
      at, is_resolution, event_id,
      channel, channel_name, room_name,
      customer_id, customer_name,
      if(customer_id = '', 0, cityHash64(app_id, customer_id)) AS customer_key,
      is_waiting,
      agent_id, agent_email, agent_name, agent_role,
      has_notes,
      next_is_resolution, next_at, next_event_id, next_channel,
      next_agent_id, next_agent_email, next_agent_name, next_agent_role,
      next_session_at, has_later_resolution,
      previous_is_session, previous_at, previous_event_id,
      at >= least(session_before, resolution_before) AS is_touched,
      false AS is_kept
    FROM neighboured
  ),
  -- An app without hours of its own has those of app '', the first.
  greatest(indexOf(calendar.apps, app_id), 1) AS app_number,
  toUnixTimestamp(at) AS this_seconds,
  1 + arrayCount(change -> change <= this_seconds, calendar.changes[app_number]) AS this_offset_number,
  this_seconds + calendar.offsets[app_number][this_offset_number] AS this_local,
  intDiv(this_local, 86400) + 3 AS this_day,
  (app_number - 1) * 7 + 1 + this_day % 7 AS this_weekday,
  intDiv(this_day, 7) * calendar.open_in_week[app_number]
    + calendar.open_before[this_weekday]
    + least(greatest(this_local % 86400 - calendar.opens[this_weekday], 0), calendar.open_for[this_weekday])
    + calendar.corrections[app_number][this_offset_number] AS this_open,
  toUnixTimestamp(next_at) AS next_seconds,
  1 + arrayCount(change -> change <= next_seconds, calendar.changes[app_number]) AS next_offset_number,
  next_seconds + calendar.offsets[app_number][next_offset_number] AS next_local,
  intDiv(next_local, 86400) + 3 AS next_day,
  (app_number - 1) * 7 + 1 + next_day % 7 AS next_weekday,
  intDiv(next_day, 7) * calendar.open_in_week[app_number]
    + calendar.open_before[next_weekday]
    + least(greatest(next_local % 86400 - calendar.opens[next_weekday], 0), calendar.open_for[next_weekday])
    + calendar.corrections[app_number][next_offset_number] AS next_open,
  toUnixTimestamp(previous_at) AS previous_seconds,
  1 + arrayCount(change -> change <= previous_seconds, calendar.changes[app_number]) AS previous_offset_number,
  previous_seconds + calendar.offsets[app_number][previous_offset_number] AS previous_local,
  intDiv(previous_local, 86400) + 3 AS previous_day,
  (app_number - 1) * 7 + 1 + previous_day % 7 AS previous_weekday,
  intDiv(previous_day, 7) * calendar.open_in_week[app_number]
    + calendar.open_before[previous_weekday]
    + least(greatest(previous_local % 86400 - calendar.opens[previous_weekday], 0), calendar.open_for[previous_weekday])
    + calendar.corrections[app_number][previous_offset_number] AS previous_open,
  NOT is_resolution AND next_is_resolution AS is_resolved_session,
  is_resolution AND previous_is_session AS is_first_resolution
SELECT
  app_id, room_id, room_key, is_resolution, at, event_id,
  channel, channel_name, room_name,
  customer_id, customer_name, customer_key,
  is_waiting,
  agent_id, agent_email, agent_name, agent_role,
  has_notes,
  next_is_resolution, next_at, next_event_id, next_channel,
  next_agent_id, next_agent_email, next_agent_name, next_agent_role,
  nullIf(timeline.next_session_at, toDateTime64(0, 3, 'UTC')) AS next_session_at,
  has_later_resolution,
  previous_is_session, previous_at, previous_event_id,
  if(is_resolved_session, intDiv(toUnixTimestamp64Milli(next_at) - toUnixTimestamp64Milli(at), 1000), NULL)
    AS seconds_to_resolve,
  if(is_resolved_session, next_open - this_open, NULL)
    AS business_seconds_to_resolve,
  if(is_first_resolution, intDiv(toUnixTimestamp64Milli(at) - toUnixTimestamp64Milli(previous_at), 1000), NULL)
    AS seconds_since_session,
  if(is_first_resolution, this_open - previous_open, NULL)
    AS business_seconds_since_session,
  toBool(is_resolution AND at <= now64(3) - INTERVAL 24 HOUR) AS is_24h_old,
  toBool(is_24h_old AND isNotNull(reopened_at) AND next_at <= at + INTERVAL 24 HOUR) AS is_reopened_within_24h,
  if(is_resolution AND NOT next_is_resolution, next_session_at, NULL) AS reopened_at,
  is_kept, is_touched
FROM timeline;
