-- A lot that is done goes only once its two rows have surely become one: gone before, the row that is not done would come
-- back, and all its rooms would be worked out whenever somebody asks. So parts are merged within minutes, and rows stay a day.
ALTER TABLE room_touches MODIFY SETTING min_age_to_force_merge_seconds = 300;
ALTER TABLE room_touches MODIFY TTL at + INTERVAL 1 DAY DELETE WHERE is_done;
