CREATE MATERIALIZED VIEW ${INBOX}_facts TO agent_logouts_rows AS
WITH
    JSONExtract(payload, 'Tuple(payload Tuple(user Tuple(
        id String, email String, name String, type String, type_as_string String,
        is_available String, is_verified String, force_offline String,
        last_login String, created_at String, updated_at String)))').payload.user AS user
SELECT
    event_id, app_id, occurred_at, received_at, outbox, sequence,
    toUInt64OrZero(user.id) AS user_id,
    user.email AS user_email,
    user.name AS user_name,
    if(user.type_as_string != '', user.type_as_string,
      transform(user.type, ['1', '2', '3'], ['admin', 'agent', 'supervisor'], user.type)) AS role,
    user.is_available IN ('true', '1') AS is_available,
    user.is_verified IN ('true', '1') AS is_verified,
    user.force_offline IN ('true', '1') AS force_offline,
    parseDateTime64BestEffortOrNull(user.last_login, 3, 'UTC') AS last_login,
    parseDateTime64BestEffortOrNull(user.created_at, 3, 'UTC') AS account_created_at,
    parseDateTime64BestEffortOrNull(user.updated_at, 3, 'UTC') AS account_updated_at
FROM ${INBOX}
