-- The columns of a view are those that its table had when it was made.
CREATE OR REPLACE VIEW events AS
SELECT * FROM events_rows FINAL
SETTINGS do_not_merge_across_partitions_select_final = 1;
