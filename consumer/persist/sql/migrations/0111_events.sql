-- As before, with the column that the table has gained: a view keeps the columns that there were when it was made.
CREATE OR REPLACE VIEW events AS
SELECT * FROM events_rows FINAL
SETTINGS do_not_merge_across_partitions_select_final = 1;
