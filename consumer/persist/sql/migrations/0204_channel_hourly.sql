-- channel_hourly(tz = 'Asia/Jakarta'): channel_hourly_between of all time. With a period, that one reads less.
CREATE OR REPLACE VIEW channel_hourly (
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
COMMENT 'channel_hourly(tz = ...): sessions and resolutions per channel and local hour'
AS
SELECT * FROM `${CH_MIGRATIONS_DB}`.channel_hourly_between(tz = {tz:String}, from = '1970-01-01 00:00:00', to = '2299-12-31 00:00:00');
