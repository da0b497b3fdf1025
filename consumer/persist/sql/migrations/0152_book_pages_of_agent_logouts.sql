-- Enters into the books by pages what is inserted into agent_logouts_rows.
CREATE MATERIALIZED VIEW IF NOT EXISTS book_pages_of_agent_logouts TO book_pages
AS
SELECT
    toString(outbox) AS outbox,
    intDiv(sequence, 16384) AS page,
    'fact' AS entry,
    toLowCardinality('agent-logout') AS kind,
    groupBitmapState(toUInt16(sequence % 16384)) AS numbers,
    max(received_at) AS newest_received_at,
    toUInt64(1) AS touches,
    nowInBlock('UTC')::DateTime64(3, 'UTC') AS touched_at
FROM agent_logouts_rows
GROUP BY outbox, page, entry, kind;
