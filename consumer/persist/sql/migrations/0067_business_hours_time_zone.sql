-- Hours in a time zone that ClickHouse does not know are refused before they are stored. Without this, it is
-- time_zone_offsets_filler that fails, after them: the insert is refused, and yet its days take the place of
-- those before and count for nothing.
ALTER TABLE business_hours
  ADD CONSTRAINT IF NOT EXISTS time_zone_exists CHECK notEmpty(toString(toDateTime(changed_at), tz));
