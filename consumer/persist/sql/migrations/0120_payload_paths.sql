-- What fields the payloads of each kind have had, written by npm run drift and by the consumer, which look at a bounded
-- number of events. Whoever looks at an event again adds nothing: every column is merged so that twice is once.
CREATE TABLE IF NOT EXISTS payload_paths
(
    kind LowCardinality(String) COMMENT 'The kind of event. Of an unrecognized one, the kind that it means to be, or unrecognized',
    is_problem Bool COMMENT 'It is why an event was not recognized, and no field that was seen',
    path String COMMENT 'Names with dots between, [] for the items of an array, * for names that are data, {} for JSON in a text. Empty for the body itself',
    type String COMMENT 'null, boolean, number, string, object, array or json (JSON in a text). Of a problem, what it must be',
    first_at SimpleAggregateFunction(min, DateTime64(3, 'UTC')) COMMENT 'Receipt of the first event with it, UTC, milliseconds',
    last_at SimpleAggregateFunction(max, DateTime64(3, 'UTC')) COMMENT 'Receipt of the last event with it, UTC, milliseconds',
    looked_before SimpleAggregateFunction(min, UInt64) COMMENT 'Events of the kind that had been looked at when it was not known yet',
    looked_until SimpleAggregateFunction(max, UInt64) COMMENT 'Events of the kind that had been looked at when it was seen last',
    example_event_id SimpleAggregateFunction(anyLast, String) COMMENT 'An event with it',
    ids Array(UInt64) EPHEMERAL COMMENT 'The events with it, by the first digits of their ids, as they are inserted',
    events AggregateFunction(uniqCombined(12), UInt64) DEFAULT arrayReduce('uniqCombinedState(12)', ids) COMMENT 'How many events with it were looked at, within some per cent'
)
ENGINE = ${CH_AGGREGATING_ENGINE}
ORDER BY (kind, is_problem, path, type)
COMMENT 'Fields of payloads as they were seen. Rows of one field are merged: read the view payload_drift';
