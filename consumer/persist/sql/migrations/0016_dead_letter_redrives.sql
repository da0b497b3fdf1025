-- A message that could not be decoded has no event that could be looked up: that it was sent through again is what
-- closes it. If it fails again, it does so at another offset, as another dead letter.
CREATE TABLE IF NOT EXISTS dead_letter_redrives
(
    id String COMMENT 'The id of the dead letter',
    redriven_at DateTime64(3, 'UTC') COMMENT 'When it was sent through again, UTC, milliseconds'
)
ENGINE = ${CH_REPLACING_ENGINE}()
ORDER BY (id, redriven_at)
COMMENT 'Dead letters that were sent through again after a fix';
