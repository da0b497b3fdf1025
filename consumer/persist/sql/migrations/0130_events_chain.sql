-- Hex digits are half noise: ZSTD makes of them the bytes that they stand for.
ALTER TABLE events_rows ADD COLUMN IF NOT EXISTS chain String
    COMMENT 'SHA-256 over the chain of the event before it in its outbox, its id and its payload, hex, empty for an event that an earlier release accepted'
    CODEC(ZSTD(1))
    AFTER offset;
