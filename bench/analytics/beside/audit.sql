-- Is every event where it should be, once?
-- As /metrics asks it.
SELECT app_id, outbox, kind, expected, missing, unexpected, counted_twice FROM audit
