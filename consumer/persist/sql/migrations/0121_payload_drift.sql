-- What the vendor has changed in its payloads, as far as was looked. Twenty events of a kind make what was there before:
-- a field that comes after them is new, and one that should have come twenty times since it was seen last is gone.
CREATE OR REPLACE VIEW payload_drift
(
    kind String COMMENT 'The kind of event. Of an unrecognized one, the kind that it means to be, or unrecognized',
    drift String COMMENT 'new key, new type, gone, or problem: why an event was not recognized',
    path String COMMENT 'Names with dots between, [] for the items of an array, * for names that are data, {} for JSON in a text',
    types Array(String) COMMENT 'The types that are meant: of a new key all of it, of what is gone those that it had, of a problem what it must be',
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
            min(first_at) AS first_seen, max(last_at) AS last_seen,
            min(looked_before) AS known_after, max(looked_until) AS seen_until,
            uniqCombinedMerge(12)(events) AS seen, anyLast(example_event_id) AS example
        FROM payload_paths
        GROUP BY kind, is_problem, path, type
    ),
    kinds AS
    (
        SELECT kind, seen AS of_kind, seen_until AS looked FROM seen_types WHERE path = '' AND NOT is_problem
    ),
    paths AS
    (
        SELECT
            kind, path, groupArray(type) AS path_types,
            min(first_seen) AS path_first, max(last_seen) AS path_last,
            min(known_after) AS path_after, max(seen_until) AS path_until,
            max(seen) AS path_seen, argMax(example, last_seen) AS path_example
        FROM seen_types
        WHERE path != '' AND NOT is_problem
        GROUP BY kind, path
    )
SELECT
    kind, 'new key' AS drift, path, arraySort(path_types) AS types, path_first AS since, path_first AS first_at,
    path_last AS last_at, path_seen AS events, of_kind AS events_of_kind, path_example AS example_event_id
FROM paths INNER JOIN kinds USING (kind)
WHERE path_after >= 20
UNION ALL
SELECT kind, 'new type', path, [type], first_seen, first_seen, last_seen, seen, of_kind, example
FROM seen_types INNER JOIN paths USING (kind, path) INNER JOIN kinds USING (kind)
WHERE NOT is_problem AND known_after >= path_after + 20
UNION ALL
SELECT kind, 'gone', path, arraySort(path_types), path_last, path_first, path_last, path_seen, of_kind, path_example
FROM paths INNER JOIN kinds USING (kind)
WHERE looked > path_until AND path_seen / greatest(path_until, 1) * (looked - path_until) >= 20
UNION ALL
SELECT kind, 'problem', path, [type], first_seen, first_seen, last_seen, seen, ifNull(of_kind, 0), example
FROM seen_types LEFT JOIN kinds USING (kind)
WHERE is_problem;
