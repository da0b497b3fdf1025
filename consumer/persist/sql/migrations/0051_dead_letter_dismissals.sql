-- A dead letter that will never stand in its table, such as a message that was no event, is dismissed by a person,
-- who says why. What is dismissed is one failure: the same message that fails once more is open again.
CREATE TABLE IF NOT EXISTS dead_letter_dismissals
(
    id String COMMENT 'The id of the dead letter',
    failed_at DateTime64(3, 'UTC') COMMENT 'Which failure of it, UTC, milliseconds, a later one is open',
    dismissed_at DateTime64(3, 'UTC') COMMENT 'When it was dismissed, UTC, milliseconds',
    dismissed_by LowCardinality(String) COMMENT 'Who dismissed it, the user of the machine where the command ran',
    dismissed_because String COMMENT 'Why, in the words of that person'
)
ENGINE = ${CH_REPLACING_ENGINE}(dismissed_at)
ORDER BY (id, failed_at)
COMMENT 'Dead letters that a person closed without their events, and why. Of two the later one counts';
