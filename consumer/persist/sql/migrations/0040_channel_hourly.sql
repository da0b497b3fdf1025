-- channel_hourly(tz = 'Asia/Jakarta'): one row per app, channel and local hour in which a session started or a
-- resolution was received. Sessions count in the hour they started, resolutions and their times in the hour they came.
-- Not here, because no webhook tells it: first response, time of assignment, how long a waiting customer waited.
CREATE VIEW IF NOT EXISTS channel_hourly (
  hour DateTime COMMENT 'Start of the local hour, in the time zone tz',
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
  reopened_within_24h UInt64 COMMENT 'Those of resolutions_24h_old after which the room had a new session within 24 hours'
)
COMMENT 'channel_hourly(tz = ...): sessions and resolutions per channel and local hour'
AS
SELECT
  hour, app_id, channel,
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
FROM (
  SELECT toStartOfHour(resolved_at, {tz:String}) AS hour, app_id, channel, true AS is_resolution, false AS is_waiting, has_notes, '' AS room_id, '' AS customer_id,
    seconds_to_resolve AS seconds, business_seconds_to_resolve AS business_seconds, is_24h_old, is_reopened_within_24h AS is_reopened
  FROM resolution_outcomes
  UNION ALL
  SELECT toStartOfHour(occurred_at, {tz:String}), app_id, channel, false, is_waiting, false, room_id, customer_id, NULL, NULL, false, false
  FROM sessions
)
GROUP BY hour, app_id, channel;
