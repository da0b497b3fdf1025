import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { freshDatabase } from '../support/clickhouse.ts';
import { sharedClickHouse, testDir } from '../support/shared.ts';
import { runProgram, runScript } from './python.ts';

/** The local ClickHouse with clients of Python, as their documentation says to start. */
describe('Python', () => {
  let port: string;

  beforeAll(async () => {
    port = new URL(await sharedClickHouse()).port;
  });

  test('clickhouse-connect works with its defaults', async () => {
    const { name } = await freshDatabase();
    expect(await runScript('clickhouse_connect_defaults.py', { PORT: port, DATABASE: name })).toEqual({
      rows: [
        [1, "it's"],
        [2, 'b\n'],
      ],
      parameter: [["a'b"]],
      kept: [[7]],
      setting: [[1234]],
      streamed: 200_000,
      external: [[3]],
      sessions: [[0]],
      code: 47,
    });
  });

  test('SQLAlchemy works with clickhouse-connect’s dialect', async () => {
    const { name } = await freshDatabase();
    expect(await runScript('sqlalchemy_defaults.py', { PORT: port, DATABASE: name })).toEqual({
      rows: [[1, 'x']],
      columns: ['a', 's'],
      has_view: true,
      sessions: 0,
    });
  });

  test('dbt debugs its connection, and builds a model of our views in a schema of its own', async () => {
    const { name, rows, client } = await freshDatabase();
    const schema = `${name}_dbt`;
    const dir = await dbtProject({ port, schema, from: name });
    const options = ['--project-dir', dir, '--profiles-dir', dir, '--no-use-colors'];
    const env = { DBT_SEND_ANONYMOUS_USAGE_STATS: 'false' };
    try {
      expect(await runProgram('dbt', ['debug', ...options], env)).toContain('All checks passed');
      expect(await runProgram('dbt', ['run', ...options], env)).toContain('PASS=1 WARN=0 ERROR=0');
      expect(await rows(`SELECT n FROM ${schema}.outcomes`)).toEqual([{ n: 0 }]);
    } finally {
      await client.command({ query: `DROP DATABASE IF EXISTS ${schema}` });
    }
  });
});

async function dbtProject(options: { port: string; schema: string; from: string }): Promise<string> {
  const { port, schema, from } = options;
  const dir = await testDir('dbt');
  const target = { type: 'clickhouse', host: '127.0.0.1', port: Number(port), user: 'default', schema };
  // JSON is YAML too.
  const project = { name: 'qiscus', version: '1.0.0', profile: 'qiscus', 'model-paths': ['models'] };
  const profiles = { qiscus: { target: 'local', outputs: { local: { ...target, password: '' } } } };
  const model = `{{ config(materialized='table', order_by='tuple()') }}
SELECT count() AS n FROM ${from}.session_outcomes`;
  await mkdir(join(dir, 'models'));
  await writeFile(join(dir, 'dbt_project.yml'), JSON.stringify(project));
  await writeFile(join(dir, 'profiles.yml'), JSON.stringify(profiles));
  await writeFile(join(dir, 'models', 'outcomes.sql'), model);
  return dir;
}
