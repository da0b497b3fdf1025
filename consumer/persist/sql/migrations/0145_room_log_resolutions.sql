CREATE MATERIALIZED VIEW IF NOT EXISTS room_log_resolutions TO room_log AS
SELECT
    app_id, room_id, occurred_at AS at, true AS is_resolution, event_id, sequence, channel, '' AS channel_name, '' AS room_name,
    customer_id, customer_name, false AS is_waiting, agent_id, agent_email, agent_name, agent_role,
    notes != '' AS has_notes
FROM resolutions_rows;
