-- Who may do what in the database qiscus: three roles, and a user for each. By an administrator, before `npm run migrate`:
--
--   clickhouse-client --queries-file operate/clickhouse/users.sql \
--     --param_writer_password=… --param_reader_password=… --param_migrator_password=…
--
-- Run again, it adds what is missing and takes nothing away; a user keeps its password (ALTER USER changes one). For
-- another database, replace "qiscus." throughout. Where users are not replicated, add ON CLUSTER to each statement.
-- The local ClickHouse takes its users from this file.

-- The consumer, as CLICKHOUSE_URL: it inserts into the tables of the stream, into foreign_places what no outbox gave out,
-- and into kept_timeline what became of sessions and resolutions. It reads for /metrics what the books say (audit,
-- completeness, dead_letters), and so all that stands behind these views, which read as whoever asks them.
-- The materialized views insert as whoever has migrated: that user must stay.
CREATE ROLE IF NOT EXISTS qiscus_writer;
GRANT SELECT ON qiscus.* TO qiscus_writer;
GRANT INSERT ON qiscus.events_rows TO qiscus_writer;
GRANT INSERT ON qiscus.agent_logouts_rows TO qiscus_writer;
GRANT INSERT ON qiscus.sessions_rows TO qiscus_writer;
GRANT INSERT ON qiscus.resolutions_rows TO qiscus_writer;
GRANT INSERT ON qiscus.messages_rows TO qiscus_writer;
GRANT INSERT ON qiscus.allocations_rows TO qiscus_writer;
GRANT INSERT ON qiscus.button_clicks_rows TO qiscus_writer;
GRANT INSERT ON qiscus.dead_letters_rows TO qiscus_writer;
GRANT INSERT ON qiscus.canaries TO qiscus_writer;
GRANT INSERT ON qiscus.kept_timeline TO qiscus_writer;
GRANT INSERT ON qiscus.room_backlog TO qiscus_writer;
GRANT INSERT ON qiscus.room_touches TO qiscus_writer;
GRANT INSERT ON qiscus.foreign_places TO qiscus_writer;
GRANT INSERT ON qiscus.payload_paths TO qiscus_writer;
-- The books by pages, which it seals, and counts again after rows were changed otherwise than by inserts: parts tell.
GRANT INSERT, ALTER DELETE ON qiscus.book_pages TO qiscus_writer;
GRANT INSERT, ALTER DELETE ON qiscus.event_numbers TO qiscus_writer;
GRANT INSERT ON qiscus.event_ids TO qiscus_writer;
GRANT INSERT ON qiscus.book_seals TO qiscus_writer;
GRANT INSERT ON qiscus.repeated_ids TO qiscus_writer;
GRANT INSERT ON qiscus.book_tables TO qiscus_writer;
GRANT SELECT ON system.parts TO qiscus_writer;
-- What is older than EVENTS_KEEP_DAYS and MESSAGES_KEEP_DAYS: it writes down what stays of a partition, and drops it, for
-- which ClickHouse has no narrower right than ALTER DELETE. Where both are unset, the last two may be left out.
GRANT INSERT ON qiscus.closed_events_rows TO qiscus_writer;
GRANT INSERT ON qiscus.closed_messages_rows TO qiscus_writer;
GRANT INSERT ON qiscus.dropped_partitions TO qiscus_writer;
GRANT ALTER DELETE ON qiscus.events_rows TO qiscus_writer;
GRANT ALTER DELETE ON qiscus.messages_rows TO qiscus_writer;

-- The dashboard and its API, which the consumer's process serves, as CLICKHOUSE_READER_URL; reports, Grafana, people.
CREATE ROLE IF NOT EXISTS qiscus_reader;
GRANT SELECT ON qiscus.* TO qiscus_reader;

-- A person's hand: migrate, rebuild, redrive, erase. It can change every table of the database, and nothing beside it.
CREATE ROLE IF NOT EXISTS qiscus_migrator;
GRANT SELECT, INSERT ON qiscus.* TO qiscus_migrator;
GRANT CREATE DATABASE, CREATE TABLE, CREATE VIEW ON qiscus.* TO qiscus_migrator;
GRANT ALTER TABLE, ALTER VIEW, DROP TABLE, DROP VIEW ON qiscus.* TO qiscus_migrator;
GRANT SELECT ON system.parts TO qiscus_migrator;
-- Only for CLICKHOUSE_CLUSTER, whose database is created ON CLUSTER:
-- GRANT CLUSTER ON *.* TO qiscus_migrator;

CREATE USER IF NOT EXISTS writer IDENTIFIED BY {writer_password:String};
GRANT qiscus_writer TO writer;

-- readonly = 2: it may set limits for its queries, and write nothing, whatever it should be granted one day.
CREATE USER IF NOT EXISTS reader IDENTIFIED BY {reader_password:String} SETTINGS readonly = 2;
GRANT qiscus_reader TO reader;

CREATE USER IF NOT EXISTS migrator IDENTIFIED BY {migrator_password:String};
GRANT qiscus_migrator TO migrator;
