-- Rooms' events in order, each with how long nothing came before it, whose wait it ended, and what became of the
-- session: the CTE `story`, over the array `rooms` of the app. Sessions and resolutions are put together as room_timeline
-- does it, and read from 31 days before the period and without an end: each session of the period is told with its end,
-- and each resolution with its beginning. All else is read of the period alone.
-- The tables are in the order of hours, not of rooms. So which rows a room has is looked up first, in a narrow read of
-- the period, and FINAL reads no more than these: else it would read every column of every row of the period. A view
-- would be read twice, once for its columns.
-- Who waits: the customer, from the first of their messages that the team has not answered; the team, from the first of
-- its own, unless it has resolved the room. Allocations and clicks answer nobody. A message that came by the
-- REST API is the team's, unless its sender is the room's customer: a channel of the app's own sends them that way.
-- It carries no names and texts, since a crowded room has many: whoever wants them joins it to `told`.
-- What a session took is added up from its start to its resolution, or to its last event.
  (text -> if(lengthUTF8(text) > 500, concat(leftUTF8(text, 499), '…'), text)) AS short,
  toDateTime64({from:DateTime}, 3, 'UTC') - INTERVAL 31 DAY AS since,
  -- Of an app without hours of its own, those of app ''.
  (
    SELECT (changes, offsets, corrections, opens, open_for, open_before, open_in_week)
    FROM business_calendar
    WHERE app_id IN ({app:String}, '')
    ORDER BY app_id DESC
    LIMIT 1
  ) AS calendar,
  -- Step 1: what happened, shaped alike.
  told AS (
    SELECT
      app_id, room_id, occurred_at AS at, received_at, sequence, event_id,
      'session' AS kind, 0 AS rank, customer_id, short(customer_name) AS customer_name, customer_name AS who, 'customer' AS side,
      0 AS agent_id, '' AS agent_email, '' AS agent_name, '' AS agent_role, channel, short(first_message_type) AS type,
      is_waiting, short(first_message_text) AS text
    FROM sessions
    WHERE app_id = {app:String} AND room_id IN rooms AND occurred_at >= since
      AND (toStartOfHour(occurred_at), app_id, event_id) IN (
        SELECT toStartOfHour(occurred_at), app_id, event_id FROM sessions_rows
        WHERE app_id = {app:String} AND room_id IN rooms AND occurred_at >= since
      )
    UNION ALL
    SELECT
      app_id, room_id, occurred_at, received_at, sequence, event_id,
      'resolution', 4, customer_id, short(customer_name), short(agent_name), 'team', agent_id, agent_email, short(agent_name),
      agent_role, channel, '', false, short(notes)
    FROM resolutions
    WHERE app_id = {app:String} AND room_id IN rooms AND occurred_at >= since
      AND (toStartOfHour(occurred_at), app_id, event_id) IN (
        SELECT toStartOfHour(occurred_at), app_id, event_id FROM resolutions_rows
        WHERE app_id = {app:String} AND room_id IN rooms AND occurred_at >= since
      )
    UNION ALL
    SELECT
      app_id, room_id, occurred_at, received_at, sequence, event_id,
      'message', 1, sender_id, '', short(sender_name), if(via = 'rest', 'team', 'customer'), 0, '', '', '', channel,
      short(type), is_waiting, short(text)
    FROM messages
    WHERE app_id = {app:String} AND room_id IN rooms AND occurred_at >= {from:DateTime} AND occurred_at < {to:DateTime64(3)}
      AND (toStartOfHour(occurred_at), app_id, event_id) IN (
        SELECT toStartOfHour(occurred_at), app_id, event_id FROM messages_rows
        WHERE app_id = {app:String} AND room_id IN rooms AND occurred_at >= {from:DateTime} AND occurred_at < {to:DateTime64(3)}
      )
    UNION ALL
    SELECT
      app_id, room_id, occurred_at, received_at, sequence, event_id,
      'allocation', 2, customer_id, short(customer_name), short(candidate_agent_name), '', candidate_agent_id,
      candidate_agent_email, short(candidate_agent_name), '', channel, '', false, ''
    FROM allocations
    WHERE app_id = {app:String} AND room_id IN rooms AND occurred_at >= {from:DateTime} AND occurred_at < {to:DateTime64(3)}
      AND (toStartOfHour(occurred_at), app_id, event_id) IN (
        SELECT toStartOfHour(occurred_at), app_id, event_id FROM allocations_rows
        WHERE app_id = {app:String} AND room_id IN rooms AND occurred_at >= {from:DateTime} AND occurred_at < {to:DateTime64(3)}
      )
    UNION ALL
    SELECT
      app_id, room_id, occurred_at, received_at, sequence, event_id,
      'custom-button', 3, customer_id, short(customer_name), short(agent_name), '', 0, agent_email, short(agent_name), agent_role,
      short(channel_type), '', false,
      short(trimBoth(concat(notes, ' ', if(empty(tags), '', concat('[', arrayStringConcat(tags, ', '), ']')))))
    FROM button_clicks
    WHERE app_id = {app:String} AND room_id IN rooms AND occurred_at >= {from:DateTime} AND occurred_at < {to:DateTime64(3)}
      AND (toStartOfHour(occurred_at), app_id, event_id) IN (
        SELECT toStartOfHour(occurred_at), app_id, event_id FROM button_clicks_rows
        WHERE app_id = {app:String} AND room_id IN rooms AND occurred_at >= {from:DateTime} AND occurred_at < {to:DateTime64(3)}
      )
  ),
  -- Step 2: each with its business seconds, as room_timeline has them, and the side of who is a customer of the room.
  placed AS (
    WITH
      toUnixTimestamp(at) AS unix_seconds,
      1 + arrayCount(change -> change <= unix_seconds, calendar.1) AS offset_number,
      unix_seconds + calendar.2[offset_number] AS local_seconds,
      intDiv(local_seconds, 86400) + 3 AS days_since_monday,
      1 + days_since_monday % 7 AS day
    SELECT
      room_id, at, rank, sequence, event_id, kind,
      if(kind = 'resolution', if(agent_name = '', agent_email, agent_name), '') AS resolver,
      if(
        kind = 'message' AND customer_id != '' AND countIf(kind != 'message') OVER (PARTITION BY room_id, customer_id) > 0,
        'customer', side) AS side,
      kind IN ('session', 'resolution') AS is_fact,
      toInt64(
        intDiv(days_since_monday, 7) * calendar.7
        + calendar.6[day]
        + least(greatest(local_seconds % 86400 - calendar.4[day], 0), calendar.5[day])
        + calendar.3[offset_number]
      ) AS business_at
    FROM told
  ),
  -- A fact is told by its rank and one more, since there may be none: 1 is a session, 5 a resolution.
  -- Step 3: its neighbours, and in which session and in whose turn it stands.
  neighboured AS (
    SELECT
      *,
      count() OVER earlier AS events_before,
      max(at) OVER earlier AS previous_at,
      max(business_at) OVER earlier AS previous_business_at,
      toUInt64(kind = 'session') + countIf(kind = 'session') OVER earlier AS session_number,
      countIf(kind = 'resolution') OVER earlier AS resolutions_before,
      countIf(side = 'team') OVER earlier AS team_before,
      countIf(side = 'customer') OVER earlier AS customer_before,
      anyLastIf((rank + 1, at, business_at), is_fact) OVER earlier AS fact_before,
      anyLastIf((rank + 1, at, business_at, resolver), is_fact) OVER later AS fact_after,
      minIf(at, kind = 'session') OVER later AS session_after,
      countIf(kind = 'session') OVER later AS sessions_after,
      countIf(kind = 'resolution') OVER later AS resolutions_after
    FROM placed
    WINDOW
      earlier AS (
        PARTITION BY room_id ORDER BY at, rank, sequence, event_id
        ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
      ),
      later AS (
        PARTITION BY room_id ORDER BY at DESC, rank DESC, sequence DESC, event_id DESC
        ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
      )
  ),
  -- Step 4: since when was waited for it. The team's event is the last of its turn, and so is the customer's.
  awaited AS (
    SELECT
      *,
      min(resolutions_before) OVER of_session AS resolutions_before_session,
      multiIf(
        side = 'team', minOrNullIf(at, side = 'customer') OVER turn_of_team,
        side = 'customer' AND countIf(kind = 'resolution') OVER turn_of_customer = 0,
          minOrNullIf(at, side = 'team') OVER turn_of_customer,
        NULL) AS awaited_at,
      if(side = 'team',
        minIf(business_at, side = 'customer') OVER turn_of_team,
        minIf(business_at, side = 'team') OVER turn_of_customer) AS awaited_business_at
    FROM neighboured
    WINDOW
      of_session AS (PARTITION BY room_id, session_number),
      turn_of_team AS (PARTITION BY room_id, team_before),
      turn_of_customer AS (PARTITION BY room_id, customer_before)
  ),
  -- Step 5: as numbers.
  counted AS (
    WITH (since, until) -> intDiv(toUnixTimestamp64Milli(until) - toUnixTimestamp64Milli(since), 1000) AS seconds_between
    SELECT
      *,
      if(events_before = 0, NULL, seconds_between(previous_at, at)) AS gap_seconds,
      if(events_before = 0, NULL, business_at - previous_business_at) AS business_gap_seconds,
      multiIf(isNull(awaited_at), '', side = 'team', 'customer', 'team') AS waited,
      seconds_between(awaited_at, at) AS waited_seconds,
      if(isNull(awaited_at), NULL, business_at - awaited_business_at) AS business_waited_seconds,
      kind != 'session' AND session_number > 0 AND resolutions_before = resolutions_before_session AS is_in_session,
      kind = 'session' AND fact_after.1 = 5 AS is_resolved,
      kind = 'resolution' AND fact_before.1 = 1 AS ends_session,
      if(sessions_after > 0 AND (is_resolved OR kind = 'resolution' AND fact_after.1 = 1), session_after, NULL)
        AS reopened_at,
      multiIf(
        is_resolved, seconds_between(at, fact_after.2),
        ends_session, seconds_between(fact_before.2, at),
        NULL) AS seconds_to_resolve,
      multiIf(
        is_resolved, fact_after.3 - business_at,
        ends_session, business_at - fact_before.3,
        NULL) AS business_seconds_to_resolve
    FROM awaited
  ),
  -- Step 6: what became of it.
  story AS (
    SELECT
      room_id, at, rank, sequence, event_id, kind, side,
      gap_seconds, business_gap_seconds, waited, waited_seconds, business_waited_seconds,
      multiIf(
        kind NOT IN ('session', 'resolution'), '',
        is_resolved, 'resolved',
        kind = 'session', if(resolutions_after > 0, 'unresolved', 'open'),
        isNotNull(reopened_at), 'reopened',
        ends_session, 'closed',
        'repeated') AS outcome,
      if(is_resolved, fact_after.2, NULL) AS resolved_at,
      if(is_resolved, fact_after.4, '') AS resolved_by,
      seconds_to_resolve, business_seconds_to_resolve, reopened_at,
      if(kind = 'session', ifNull(sumIf(waited_seconds, is_in_session AND waited = 'customer') OVER of_session, 0), NULL)
        AS customer_waited_seconds,
      if(kind = 'session', ifNull(sumIf(business_waited_seconds, is_in_session AND waited = 'customer') OVER of_session, 0), NULL)
        AS business_customer_waited_seconds,
      if(kind = 'session', ifNull(sumIf(waited_seconds, is_in_session AND waited = 'team') OVER of_session, 0), NULL)
        AS team_waited_seconds,
      if(kind = 'session', maxIf(gap_seconds, is_in_session) OVER of_session, NULL) AS longest_gap_seconds
    FROM counted
    WINDOW of_session AS (PARTITION BY room_id, session_number)
  )
