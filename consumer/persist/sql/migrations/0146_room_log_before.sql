-- What was there before the views above. In blocks that are worked off one by one.
INSERT INTO room_log
SELECT
    app_id, room_id, occurred_at AS at, false AS is_resolution, event_id, sequence, channel, channel_name, room_name,
    customer_id, customer_name, is_waiting, 0 AS agent_id, '' AS agent_email, '' AS agent_name, '' AS agent_role,
    false AS has_notes
FROM sessions_rows
SETTINGS max_block_size = 100000, min_insert_block_size_rows = 100000, max_threads = 1;
INSERT INTO room_log
SELECT
    app_id, room_id, occurred_at AS at, true AS is_resolution, event_id, sequence, channel, '' AS channel_name, '' AS room_name,
    customer_id, customer_name, false AS is_waiting, agent_id, agent_email, agent_name, agent_role,
    notes != '' AS has_notes
FROM resolutions_rows
SETTINGS max_block_size = 100000, min_insert_block_size_rows = 100000, max_threads = 1;
