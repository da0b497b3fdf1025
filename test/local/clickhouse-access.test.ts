import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { type Database, emptyDatabase } from '../support/clickhouse.ts';
import { sharedClickHouse, testDir } from '../support/shared.ts';

/** Table functions that read nothing but this ClickHouse's own tables and their arguments. */
const HARMLESS = new Set(
  `null values SQLStandardValues numbers numbers_mt zeros zeros_mt primes generateRandom generateSeries generate_series
   merge view viewIfPermitted viewExplain format fuzzJSON fuzzQuery loop dictionary mergeTreeIndex
   mergeTreeProjection mergeTreeTextIndex mergeTreeAnalyzeIndexes mergeTreeAnalyzeIndexesUUID`.split(/\s+/),
);

/** What the user `reader`, and whoever asks by GET, may do at the local ClickHouse. */
describe('a reader', () => {
  let database: Database;
  let server: string;

  beforeAll(async () => {
    server = await sharedClickHouse();
    database = await emptyDatabase();
    await database.client.command({ query: 'CREATE TABLE t (a UInt64) ENGINE = MergeTree ORDER BY a' });
    await database.client.command({ query: 'INSERT INTO t SELECT 1' });
  });

  const asReader = async (body: string, params: Record<string, string> = {}) => {
    const url = `${server}/?${new URLSearchParams({ user: 'reader', database: database.name, ...params })}`;
    const response = await fetch(url, { method: 'POST', body });
    return { code: response.headers.get('x-clickhouse-exception-code'), text: await response.text() };
  };
  const byGet = async (query: string) => {
    const response = await fetch(`${server}/?${new URLSearchParams({ database: database.name, query })}`);
    return { code: response.headers.get('x-clickhouse-exception-code'), text: await response.text() };
  };

  test('reads tables, and what describes them', async () => {
    for (const [query, answer] of [
      ['SELECT a FROM t', '1\n'],
      ['WITH (SELECT max(a) FROM t) AS m SELECT m', '1\n'],
      ['SHOW TABLES', 't\n'],
      ['EXISTS TABLE t', '1\n'],
      ["SELECT name FROM system.columns WHERE database = currentDatabase() AND table = 't'", 'a\n'],
      ['SELECT 1 -- a comment', '1\n'],
      ["SELECT 'file(x)'", 'file(x)\n'],
    ] as const) {
      expect(await asReader(query), query).toEqual({ code: null, text: answer });
      expect(await byGet(query), query).toEqual({ code: null, text: answer });
    }
  });

  test('has no table function that reaches files, the network or processes', { tags: 'long' }, async () => {
    const names = await database.rows<{ name: string }>('SELECT name FROM system.table_functions');
    const granted: string[] = [];
    for (const { name } of names) {
      // With one text, which is a wrong call of some: what counts is that none of them goes through.
      for (const list of [
        `'/etc/passwd'`,
        `'/etc/passwd', 'LineAsString', 'line String'`,
        `'a.py', 'CSV', 'a String'`,
      ]) {
        const { code, text } = await asReader(`SELECT * FROM ${name}(${list}) LIMIT 1`);
        if (code === null || text.includes('root:')) granted.push(name);
      }
    }
    expect(granted.filter((name) => !HARMLESS.has(name))).toEqual([]);
    for (const call of [
      `file('/etc/passwd', 'LineAsString')`,
      `url('http://127.0.0.1:9/', 'LineAsString')`,
      `remote('127.0.0.1:9', system.one)`,
      `executable('x', 'TSV', 'a String')`,
      `s3('http://127.0.0.1:9/bucket/key', 'CSV', 'a String')`,
      `mysql('127.0.0.1:9', 'd', 't', 'u', 'p')`,
      `sqlite('/etc/passwd', 't')`,
    ]) {
      expect([call, (await asReader(`SELECT * FROM ${call}`)).code]).toEqual([call, '497']);
      expect([call, (await asReader(`SELECT (SELECT count() FROM ${call})`)).code]).toEqual([call, '497']);
    }
  });

  test('reads no file by a function, however it is written', async () => {
    for (const query of [
      `SELECT file('/etc/passwd')`,
      "SELECT `file`('/etc/passwd')",
      "SELECT `fi\\x6ce`('/etc/passwd')",
      `SELECT '/etc/passwd' AS x, COLUMNS('x') APPLY(file)`,
      `SELECT arrayMap(file, ['/etc/passwd'])`,
      `EXPLAIN SELECT file('/etc/passwd')`,
      `SELECT /* ' */ file('/etc/passwd') -- '`,
    ]) {
      for (const answer of [await asReader(query), await byGet(query)]) {
        expect([query, answer.text.includes('root:'), answer.code]).toEqual([query, false, '497']);
      }
    }
    expect((await asReader('SELECT * FROM `/etc/passwd`')).code).not.toBe(null);
    const hidden = await asReader(`SELECT file('/etc/passwd')`, { additional_result_filter: '0' });
    expect(hidden.code).toBe('497');
    expect((await asReader('SELECT 1', { dialect: 'kusto' })).code).toBe('452');
  });

  test('is one of the two users that there are', async () => {
    const headers = { Authorization: `Basic ${Buffer.from('somebody:x').toString('base64')}` };
    const response = await fetch(`${server}/?query=SELECT+1`, { headers });
    expect([response.status, response.headers.get('x-clickhouse-exception-code')]).toEqual([403, '516']);
  });

  test('writes no file, table, setting, role or process', async () => {
    const path = join(await testDir('reader'), 'written');
    for (const query of [
      `INSERT INTO FUNCTION file('${path}', 'CSV', 'a UInt8') SELECT 1`,
      `INSERT INTO t VALUES (2)`,
      'INSERT INTO t SELECT 2',
      'DROP TABLE t',
      'TRUNCATE TABLE t',
      'CREATE TABLE u (a UInt8) ENGINE = Memory',
      `CREATE TEMPORARY TABLE u (a UInt8) ENGINE = File(CSV, '${path}')`,
      'CREATE FUNCTION f AS (x) -> x',
      `BACKUP TABLE t TO File('${path}')`,
      'SYSTEM FLUSH LOGS',
      'KILL QUERY WHERE 1',
      'SET ROLE ALL',
      'SET readonly = 0',
      'OPTIMIZE TABLE t FINAL',
    ]) {
      expect([query, (await asReader(query)).code]).toEqual([query, '164']);
      expect([query, (await byGet(query)).code]).toEqual([query, '164']);
    }
    for (const query of [`SELECT 1 INTO OUTFILE '${path}'`, `(SELECT 1) INTO/**/OUTFILE '${path}'`]) {
      expect((await asReader(query)).code, query).not.toBe(null);
    }
    expect((await asReader('SELECT 1', { readonly: '0' })).code).toBe('164');
    expect((await asReader('SELECT 1; SET ROLE ALL')).code).not.toBe(null);
    expect(existsSync(path)).toBe(false);
    expect(await database.rows('SELECT sum(a) AS a FROM t')).toEqual([{ a: 1 }]);
  });

  test('has none of the rights of another user’s session of the same name', async () => {
    const session = { session_id: `s-${database.name}` };
    await fetch(`${server}/?${new URLSearchParams(session)}`, {
      method: 'POST',
      body: 'CREATE TEMPORARY TABLE mine AS SELECT 1',
    });
    expect((await asReader('SELECT * FROM mine', session)).code).toBe('60');
    expect((await asReader('CREATE TEMPORARY TABLE mine AS SELECT 1', session)).code).toBe('164');
    expect((await asReader('SET ROLE ALL', session)).code).toBe('164');
  });
});
