-- What a webhook's traceparent says, so that a trace leads to the row, and the row to the trace. Rows from before have
-- none, as most have: the column then costs next to nothing.
ALTER TABLE events_rows
    ADD COLUMN IF NOT EXISTS trace_id String
    COMMENT 'The W3C trace that its webhook was part of, 32 hex digits, empty where it came without one';
