CREATE MATERIALIZED VIEW IF NOT EXISTS room_log_sessions TO room_log AS
SELECT
    app_id, room_id, occurred_at AS at, false AS is_resolution, event_id, sequence, channel, channel_name, room_name,
    customer_id, customer_name, is_waiting, 0 AS agent_id, '' AS agent_email, '' AS agent_name, '' AS agent_role,
    false AS has_notes
FROM sessions_rows;
