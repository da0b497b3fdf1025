-- Keeps nothing: what is put in goes on to the views, so that the headers are read once for both.
CREATE TABLE ${INBOX}
(
    outbox LowCardinality(String),
    sequence UInt64,
    event_id String,
    app_id LowCardinality(String),
    kind LowCardinality(String),
    occurred_at DateTime64(3, 'UTC'),
    received_at DateTime64(3, 'UTC'),
    payload String,
    topic LowCardinality(String),
    partition UInt32,
    offset UInt64,
    chain String
)
ENGINE = Null
