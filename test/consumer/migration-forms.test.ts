import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { type ClickHouseClient, ClickHouseLogLevel, createClient } from '@clickhouse/client';
import { beforeAll, describe, expect, test, vi } from 'vitest';
import { readMigrationSettings } from '../../consumer/config.ts';
import { MIGRATIONS } from '../../consumer/persist/migrate.ts';
import { migrationForm } from '../../consumer/persist/migration-form.ts';
import { undoAfterwards } from '../support/clean-up.ts';
import { sharedClickHouse } from '../support/shared.ts';

const CLICKHOUSE_URL = 'http://127.0.0.1:8123/qiscus';
const FORMS = {
  'one server and ClickHouse Cloud': migrationForm(readMigrationSettings({ CLICKHOUSE_URL })),
  'a cluster': migrationForm(readMigrationSettings({ CLICKHOUSE_URL, CLICKHOUSE_CLUSTER: 'main' })),
};
const FILES = readdirSync(MIGRATIONS).filter((name) => name.endsWith('.sql'));

// As the library that applies them takes them apart.
const require = createRequire(import.meta.url);
const library = join(require.resolve('clickhouse-migrations'), '..', 'sql-parse.js');
const parser: Record<'sql_queries', (sql: string) => string[]> &
  Record<'substitute_env', (sql: string) => string> = require(library);

describe.each(Object.entries(FORMS))('the migrations for %s', (_, form) => {
  let client: ClickHouseClient;
  beforeAll(async () => {
    client = createClient({ url: await sharedClickHouse(), log: { level: ClickHouseLogLevel.OFF } });
    undoAfterwards(() => client.close());
  });

  /** A statement as the engine's parser writes it. @throws what the parser says */
  async function parsed(statement: string): Promise<string> {
    const query = 'SELECT formatQuerySingleLine({statement:String}) AS parsed';
    const result = await client.query({ query, query_params: { statement }, format: 'JSONEachRow' });
    const [row] = await result.json<{ parsed: string }>();
    return row?.parsed ?? '';
  }

  function statementsOf(file: string): string[] {
    vi.stubEnv('CH_MIGRATIONS_SUBSTITUTE_ENV', 'true');
    vi.stubEnv('CH_MIGRATIONS_DB', 'qiscus');
    vi.stubEnv('CH_REPLACING_ENGINE', form.replacing);
    try {
      return parser.sql_queries(parser.substitute_env(readFileSync(join(MIGRATIONS, file), 'utf8')));
    } finally {
      vi.unstubAllEnvs();
    }
  }

  test('the database is made by SQL that the engine reads as it is meant', async () => {
    const statement = await parsed(`CREATE DATABASE IF NOT EXISTS "qiscus" ${form.database}`);
    if (form.database === '') expect(statement).toBe('CREATE DATABASE IF NOT EXISTS qiscus');
    else
      expect(statement).toBe(
        "CREATE DATABASE IF NOT EXISTS qiscus ON CLUSTER main ENGINE = Replicated('/clickhouse/databases/qiscus/{shard}', '{shard}', '{replica}')",
      );
  });

  test.each(FILES)('%s is SQL of the engine, and leaves no engine to chance', async (file) => {
    const statements = statementsOf(file);
    expect(statements.length).toBeGreaterThan(0);
    for (const each of statements) {
      const statement = await parsed(each);
      // A table of another engine would be on one replica alone; a view that keeps its rows itself has one of its own.
      if (/^CREATE TABLE/.test(statement)) expect(statement).toContain(` ENGINE = ${form.replacing}`);
      if (/^CREATE MATERIALIZED/.test(statement)) expect(statement).toMatch(/ TO \w+ /);
      if (/^CREATE (TABLE|VIEW|MATERIALIZED VIEW)/.test(statement))
        expect(statement).toMatch(/^CREATE [A-Z ]+ IF NOT EXISTS /);
    }
  });
});
