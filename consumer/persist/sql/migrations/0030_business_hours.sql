-- When an app's support team works, for business_seconds_to_resolve. Configuration, filled by hand:
--   INSERT INTO business_hours (app_id, weekday, opens, closes, tz) VALUES ('my-app', 6, '09:00', '13:00', 'Asia/Makassar')
-- An app with a row of its own has only those days; every other app has the rows of app_id '' (0034:
-- Monday to Friday, 09:00 to 17:00, Asia/Jakarta). To close a day again, insert it with opens = closes.
-- The rows of app_id '' are closed the same way, not deleted.
CREATE TABLE IF NOT EXISTS business_hours (
  app_id String COMMENT 'App these hours are for, empty for every app without rows of its own',
  weekday UInt8 COMMENT 'Day of the week, 1 Monday to 7 Sunday',
  opens String COMMENT 'Local time of day, HH:MM',
  closes String COMMENT 'Local time of day, HH:MM, 24:00 for the end of the day',
  tz String COMMENT 'IANA time zone of opens and closes, the same in all rows of an app',
  changed_at DateTime64(3, 'UTC') DEFAULT now64(3) COMMENT 'When this row was written. The latest row of an app and weekday counts',
  CONSTRAINT weekday_exists CHECK weekday BETWEEN 1 AND 7,
  CONSTRAINT opens_is_a_time CHECK match(opens, '^([01][0-9]|2[0-3]):[0-5][0-9]$'),
  CONSTRAINT closes_is_a_time CHECK match(closes, '^(([01][0-9]|2[0-3]):[0-5][0-9]|24:00)$'),
  CONSTRAINT closes_after_it_opens CHECK closes >= opens
)
ENGINE = ${CH_REPLACING_ENGINE}(changed_at)
ORDER BY (app_id, weekday)
COMMENT 'Working hours per app and weekday, configuration';
