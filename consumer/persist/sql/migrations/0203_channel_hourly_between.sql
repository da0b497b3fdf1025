-- channel_hourly_between(tz = 'Asia/Jakarta', from = '2026-11-01 00:00:00', to = '2026-12-01 00:00:00'): one row per app,
-- channel and local hour in which a session started or a resolution was received, of those in [from, to), which are UTC.
-- Sessions count in the hour they started, resolutions and their times in the hour they came. (Not with toStartOfHour, which
-- is wrong around a change of the clock that is no whole hour, or not at one.) Not here, because no webhook tells it: first
-- response, time of assignment, how long a waiting customer waited.
CREATE OR REPLACE VIEW channel_hourly_between (
  hour DateTime COMMENT 'Start of the local hour, in the time zone tz, an instant: the hour that a clock repeats is two. Where a clock is put forward within an hour, it starts there',
  app_id LowCardinality(String) COMMENT 'The Qiscus app',
  channel LowCardinality(String) COMMENT 'wa, qiscus and others, as the vendor spells it',
  sessions UInt64 COMMENT 'Sessions that started in the hour',
  waiting UInt64 COMMENT 'Those whose customer waited for an agent at the start. For how long is not known',
  rooms UInt64 COMMENT 'Distinct rooms of the sessions',
  customers UInt64 COMMENT 'Distinct customers of the sessions',
  resolutions UInt64 COMMENT 'Resolutions received in the hour, as events: a room resolved twice counts twice',
  resolutions_with_notes UInt64 COMMENT 'Those with a note',
  sessions_resolved UInt64 COMMENT 'Sessions, whenever started, that were first resolved in the hour',
  median_seconds_to_resolve Nullable(Float64) COMMENT 'Median over sessions_resolved, from the first message of the customer to the resolution, seconds',
  p90_seconds_to_resolve Nullable(Float64) COMMENT '90th percentile of the same, seconds',
  median_business_seconds_to_resolve Nullable(Float64) COMMENT 'Median within the working hours of business_hours, seconds',
  resolutions_24h_old UInt64 COMMENT 'Resolutions since which 24 hours have passed: what reopened_within_24h is a share of',
  reopened_within_24h UInt64 COMMENT 'Those of resolutions_24h_old that a new session of the room reopened within 24 hours. It reopens the last resolution before it, and no other',
  hour_iso String COMMENT 'hour with its UTC offset, 2026-11-01T01:00:00-04:00: tells the two hours apart that a clock repeats'
)
COMMENT 'channel_hourly_between(tz = ..., from = ..., to = ...): channel_hourly of what happened from the first instant up to, not including, the second'
AS
WITH
  told AS (
    SELECT
      at, app_id, channel, is_resolution, is_waiting, has_notes, room_id, customer_id,
      seconds_since_session AS seconds, business_seconds_since_session AS business_seconds,
      is_24h_old, is_reopened_within_24h AS is_reopened
    FROM room_timeline
    WHERE at >= {from:DateTime64(3)} AND at < {to:DateTime64(3)}
  ),
  -- The local hour alone does not tell the two apart that a clock repeats: its distance from UTC does.
  hours AS (
    SELECT
      toDate(at, {tz:String}) AS local_day,
      toHour(at, {tz:String}) AS local_hour,
      (local_hour * 60 + toMinute(at, {tz:String}) + 1440
        - intDiv(toUnixTimestamp(at), 60) % 1440) % 1440 AS ahead,
      app_id, channel,
      min(toDateTime(at, 'UTC')) AS first_at,
      countIf(NOT is_resolution) AS sessions,
      countIf(is_waiting) AS waiting,
      uniqExactIf(room_id, NOT is_resolution) AS rooms,
      uniqExactIf(customer_id, NOT is_resolution AND customer_id != '') AS customers,
      countIf(is_resolution) AS resolutions,
      countIf(has_notes) AS resolutions_with_notes,
      count(seconds) AS sessions_resolved,
      quantileExactInclusiveOrNull(0.5)(seconds) AS median_seconds_to_resolve,
      quantileExactInclusiveOrNull(0.9)(seconds) AS p90_seconds_to_resolve,
      quantileExactInclusiveOrNull(0.5)(business_seconds) AS median_business_seconds_to_resolve,
      countIf(is_24h_old) AS resolutions_24h_old,
      countIf(is_reopened) AS reopened_within_24h
    FROM told
    GROUP BY local_day, local_hour, ahead, app_id, channel
  ),
  -- The quarters of an hour at which a local hour can begin: clocks change at no other time.
  (at -> arrayMap(
    number -> toStartOfFifteenMinutes(at) + (number - intDiv(toMinute(at, {tz:String}), 15)) * 900,
    range(4)
  )) AS quarters_of,
  -- The first from which on the clock has gone as it goes at that time.
  (at -> arrayFirst(
    (quarter, number) -> toHour(quarter, {tz:String}) = toHour(at, {tz:String})
      AND toMinute(quarter, {tz:String}) = number * 15,
    quarters_of(at), range(4)
  )) AS hour_of,
  (at -> dateDiff('second', at, toDateTime64(toString(at, {tz:String}), 0, 'UTC'))) AS ahead_of_utc
SELECT
  toTimeZone(hour_of(first_at), {tz:String}) AS hour,
  app_id, channel,
  sessions, waiting, rooms, customers,
  resolutions, resolutions_with_notes, sessions_resolved,
  median_seconds_to_resolve, p90_seconds_to_resolve, median_business_seconds_to_resolve,
  resolutions_24h_old, reopened_within_24h,
  concat(
    formatDateTime(hour, '%FT%T', {tz:String}),
    if(ahead_of_utc(hour) < 0, '-', '+'),
    formatDateTime(toDateTime(abs(ahead_of_utc(hour)), 'UTC'), '%R', 'UTC')
  ) AS hour_iso
FROM hours;
