-- UTC offsets of the time zones that business_hours names: what keeps business hours right across daylight saving time.
-- Filled by time_zone_offsets_filler, never by hand. Kept, as working it out takes a tenth of a second for each zone.
CREATE TABLE IF NOT EXISTS time_zone_offsets (
  tz String COMMENT 'IANA time zone',
  changes Array(UInt32) COMMENT 'Unix seconds at which the offset changes, ascending',
  offsets Array(Int64) COMMENT 'Seconds that the local clock is ahead of UTC, before the first change and from each change on'
)
ENGINE = ${CH_REPLACING_ENGINE}()
ORDER BY tz
COMMENT 'UTC offsets of the time zones in business_hours';
