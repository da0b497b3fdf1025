-- agent_daily(tz = 'Asia/Jakarta'): agent_daily_between of all time. With a period, that one reads less.
CREATE OR REPLACE VIEW agent_daily (
  day Date COMMENT 'Local day in tz, of the resolution or the logout',
  app_id LowCardinality(String) COMMENT 'The Qiscus app',
  agent_id UInt64 COMMENT 'The agent, admin or supervisor, 0 when the vendor sent none. One id is one row, though the vendor rewrote its address, and two ids with one address are two',
  agent_email String COMMENT 'Their e-mail address, the latest of the day',
  agent_name String COMMENT 'Their name, the latest of the day',
  agent_role LowCardinality(String) COMMENT 'admin, supervisor, agent or any role that is new',
  channels Array(String) COMMENT 'Channels of what they resolved, in alphabetical order',
  resolutions UInt64 COMMENT 'Resolutions, as events: a room resolved twice counts twice',
  resolutions_with_notes UInt64 COMMENT 'Those with a note',
  sessions_resolved UInt64 COMMENT 'Sessions they were the first to resolve, at most one for each resolution',
  rooms UInt64 COMMENT 'Distinct rooms of the resolutions',
  customers UInt64 COMMENT 'Distinct customers of the resolutions',
  median_seconds_to_resolve Nullable(Float64) COMMENT 'Median over sessions_resolved, from the first message of the customer to the resolution, seconds. Not the time from the assignment, which no webhook tells',
  p90_seconds_to_resolve Nullable(Float64) COMMENT '90th percentile of the same, seconds',
  median_business_seconds_to_resolve Nullable(Float64) COMMENT 'Median within the working hours of business_hours, seconds',
  resolutions_24h_old UInt64 COMMENT 'Resolutions since which 24 hours have passed: what reopened_within_24h is a share of',
  reopened_within_24h UInt64 COMMENT 'Those of resolutions_24h_old that a new session of the room reopened within 24 hours. It reopens the last resolution before it, and no other',
  logouts UInt64 COMMENT 'Logouts, forced ones too',
  forced_logouts UInt64 COMMENT 'Logouts that were forced',
  last_logout_at Nullable(DateTime('UTC')) COMMENT 'The latest logout of the day, UTC. The first login is not known, no webhook tells it'
)
COMMENT 'agent_daily(tz = ...): what each agent resolved, and when they logged out, per local day'
AS
SELECT * FROM `${CH_MIGRATIONS_DB}`.agent_daily_between(tz = {tz:String}, from = '1970-01-01', to = '2149-06-06');
