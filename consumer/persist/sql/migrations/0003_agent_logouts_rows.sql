-- Written to by the consumer; read it through the view "agent_logouts", which never counts an event twice.
-- A row inserted again, after a retry, a crash or a replay, is the same row: its id and its times were fixed when
-- the outbox accepted it, so it has the same sort key and stands in the same partition, and ReplacingMergeTree
-- keeps one of the two.
CREATE TABLE IF NOT EXISTS agent_logouts_rows
(
    event_id String COMMENT '32 hex digits, the same for every redelivery of the event',
    app_id LowCardinality(String) COMMENT 'The Qiscus app whose webhook it was',
    occurred_at DateTime64(3, 'UTC') COMMENT 'When it happened, UTC, milliseconds, received_at where the payload has no time',
    received_at DateTime64(3, 'UTC') COMMENT 'When the webhook was received, UTC, milliseconds',
    outbox LowCardinality(String) COMMENT 'The outbox that accepted it, app and shard',
    sequence UInt64 COMMENT 'Its place among all that this outbox accepted, 1, 2, 3, without gaps',
    user_id UInt64 COMMENT 'Who logged out, 0 when absent',
    user_email String COMMENT 'Their e-mail address',
    user_name String COMMENT 'Their name',
    role LowCardinality(String) COMMENT 'admin, supervisor, agent or any role that is new, in words',
    is_available Bool COMMENT 'The availability switch as it stood, a snapshot that is often true although they have just left',
    is_verified Bool COMMENT 'Whether the account is verified',
    force_offline Bool COMMENT 'Whether they were put offline by someone or something else',
    last_login Nullable(DateTime64(3, 'UTC')) COMMENT 'UTC, milliseconds. Often weeks old, so do not read the time until the logout as a shift',
    account_created_at Nullable(DateTime64(3, 'UTC')) COMMENT 'When the account was made, UTC, milliseconds',
    account_updated_at Nullable(DateTime64(3, 'UTC')) COMMENT 'When the account was last changed, UTC, milliseconds',
    INDEX received_at_range received_at TYPE minmax GRANULARITY 1
)
ENGINE = ${CH_REPLACING_ENGINE}()
PARTITION BY toYYYYMM(occurred_at)
ORDER BY (toStartOfHour(occurred_at), app_id, event_id)
COMMENT 'An admin, supervisor or agent left the dashboard (User Logout webhook). Copies of a row possible: read the view agent_logouts';
