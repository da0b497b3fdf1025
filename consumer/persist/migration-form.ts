import type { MigrationSettings } from '../config.ts';

/** What differs in the statements of the migrations between one server and a cluster. */
export interface MigrationForm {
  /** What stands behind CREATE DATABASE and its name; empty for the server's default. */
  readonly database: string;
  /** The engine of the tables in which a row replaces the one before it. */
  readonly replacing: string;
  /** The engine of the table that keeps which migrations were applied. */
  readonly applied: string;
}

/** One server's, or, where a cluster is named, a cluster's; each part as a setting has it, where there is one. */
export function migrationForm(settings: MigrationSettings): MigrationForm {
  const form = formFor(settings);
  return {
    ...form,
    database: settings.CLICKHOUSE_DATABASE_ENGINE ?? form.database,
    replacing: settings.CLICKHOUSE_REPLACING_ENGINE ?? form.replacing,
  };
}

function formFor({ CLICKHOUSE_URL, CLICKHOUSE_CLUSTER }: MigrationSettings): MigrationForm {
  // ClickHouse Cloud takes it too, and makes shared databases and tables of it.
  if (CLICKHOUSE_CLUSTER === undefined)
    return { database: '', replacing: 'ReplacingMergeTree', applied: 'MergeTree' };
  // The database is made on every host, and from there on replicates what is done to its tables by itself: no other
  // statement needs ON CLUSTER, those of rebuild neither. Each shard has a path in Keeper, and so a database, of its own,
  // since each is migrated and filled for itself.
  const path = `/clickhouse/databases/${CLICKHOUSE_URL.database}/{shard}`;
  return {
    database: `ON CLUSTER "${CLICKHOUSE_CLUSTER}" ENGINE = Replicated('${path}', '{shard}', '{replica}')`,
    replacing: 'ReplicatedReplacingMergeTree',
    applied: 'ReplicatedMergeTree',
  };
}
