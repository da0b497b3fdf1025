-- The rows that later ones have replaced go soon: what is read for the backlog is then a row for each room, and not one for
-- each time that something arrived for it.
ALTER TABLE room_backlog MODIFY SETTING min_age_to_force_merge_seconds = 300;
