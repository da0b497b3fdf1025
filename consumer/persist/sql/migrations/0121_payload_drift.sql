-- What the vendor has changed in its payloads, as far as was looked. Twenty events of a kind make what was there before:
-- a field that comes after them is new. One is gone that should have come twenty times since it was seen last, and has
-- not for a day, since nights and days differ. What came or went with the object that it is in is told by that alone.
CREATE OR REPLACE VIEW payload_drift
(
    kind String COMMENT 'The kind of event. Of an unrecognized one, the kind that it means to be, or unrecognized',
    drift String COMMENT 'new key, new type, gone, or problem: why an event was not recognized',
    path String COMMENT 'Names with dots between, [] for the items of an array, * for names that are data, {} for JSON in a text',
    types Array(String) COMMENT 'The types that are meant: of a new key all of it, of what is gone the one that went, of a problem what it must be',
    since DateTime64(3, 'UTC') COMMENT 'Receipt of the first event with it, of what is gone the last one with it, UTC',
    first_at DateTime64(3, 'UTC') COMMENT 'Receipt of the first event with it, UTC, milliseconds',
    last_at DateTime64(3, 'UTC') COMMENT 'Receipt of the last event with it, UTC, milliseconds',
    events UInt64 COMMENT 'Events with it that were looked at, within some per cent',
    events_of_kind UInt64 COMMENT 'Events of the kind that were looked at, within some per cent',
    example_event_id String COMMENT 'An event with it'
)
COMMENT 'What the vendor has changed in its payloads, by kind and field'
AS
WITH
    seen_types AS
    (
        SELECT
            kind, is_problem, path, type,
            replaceRegexpOne(path, '(\\{\\})?(\\.[^.]+|\\[\\]|^[^.\\[]+)$', '') AS parent,
            min(first_at) AS first_seen, max(last_at) AS last_seen,
            min(looked_before) AS known_after, max(looked_until) AS seen_until,
            uniqCombinedMerge(12)(events) AS seen, anyLast(example_event_id) AS example
        FROM payload_paths
        GROUP BY kind, is_problem, path, type
    ),
    kinds AS
    (
        SELECT kind, seen AS of_kind, seen_until AS looked, last_seen AS kind_last
        FROM seen_types
        WHERE path = '' AND NOT is_problem
    ),
    parents AS
    (
        SELECT kind, path AS parent, min(known_after) AS parent_after, max(seen_until) AS parent_until
        FROM seen_types
        WHERE type IN ('object', 'array', 'json') AND NOT is_problem
        GROUP BY kind, path
    ),
    paths AS
    (
        SELECT
            kind, path, any(parent) AS parent, groupArray(type) AS path_types,
            min(first_seen) AS path_first, max(last_seen) AS path_last, min(known_after) AS path_after,
            max(seen) AS path_seen, argMax(example, last_seen) AS path_example
        FROM seen_types
        WHERE path != '' AND NOT is_problem
        GROUP BY kind, path
    )
SELECT
    kind, 'new key' AS drift, path, arraySort(path_types) AS types, path_first AS since, path_first AS first_at,
    path_last AS last_at, path_seen AS events, of_kind AS events_of_kind, path_example AS example_event_id
FROM paths INNER JOIN kinds USING (kind) LEFT JOIN parents USING (kind, parent)
WHERE path_after >= 20 AND parent_after < path_after
UNION ALL
SELECT kind, 'new type', path, [type], first_seen, first_seen, last_seen, seen, of_kind, example
FROM seen_types INNER JOIN paths USING (kind, path) INNER JOIN kinds USING (kind)
WHERE NOT is_problem AND known_after >= path_after + 20
UNION ALL
SELECT kind, 'gone', path, [type], last_seen, first_seen, last_seen, seen, of_kind, example
FROM seen_types INNER JOIN kinds USING (kind) LEFT JOIN parents USING (kind, parent)
WHERE NOT is_problem AND path != '' AND type != 'null'
    AND kind_last >= last_seen + INTERVAL 1 DAY AND looked > seen_until
    AND seen / greatest(seen_until - known_after, 1) * (looked - seen_until) >= 20
    AND (parent_until = 0 OR parent_until > seen_until)
UNION ALL
SELECT kind, 'problem', path, [type], first_seen, first_seen, last_seen, seen, ifNull(of_kind, 0), example
FROM seen_types LEFT JOIN kinds USING (kind)
WHERE is_problem;
