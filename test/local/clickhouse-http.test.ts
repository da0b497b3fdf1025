import { request } from 'node:http';
import { gunzipSync, gzipSync } from 'node:zlib';
import { compressFrame } from 'lz4-napi';
import { beforeAll, describe, expect, test } from 'vitest';
import { type Database, emptyDatabase } from '../support/clickhouse.ts';
import { eventually } from '../support/eventually.ts';
import { sharedClickHouse } from '../support/shared.ts';

type Ask = { params?: Record<string, string>; headers?: Record<string, string>; body?: string | Uint8Array };

/** The local ClickHouse as curl and Grafana see it. */
describe('the HTTP interface', () => {
  let database: Database;
  let server: string;

  beforeAll(async () => {
    server = await sharedClickHouse();
    database = await emptyDatabase();
    await database.client.command({
      query: 'CREATE TABLE t (a UInt64, s String) ENGINE = MergeTree ORDER BY a',
    });
  });

  const url = (params: Record<string, string>) => `${server}/?${new URLSearchParams(params)}`;
  const post = ({ params = {}, headers = {}, body = '' }: Ask) =>
    fetch(url({ database: database.name, ...params }), { method: 'POST', headers, body });
  const get = (params: Record<string, string>, headers = {}) =>
    fetch(url({ database: database.name, ...params }), { headers });
  const count = async (where: string) =>
    (await get({ query: `SELECT count() FROM t WHERE ${where}` })).text();

  test('/, /ping and /replicas_status say Ok.', async () => {
    for (const path of ['/', '/ping', '/replicas_status']) {
      const response = await fetch(server + path);
      expect([response.status, await response.text()]).toEqual([200, 'Ok.\n']);
    }
    expect((await fetch(`${server}/nothing`)).status).toBe(404);
  });

  test('a query is taken from the URL, from the body, or from both together', async () => {
    expect(await (await get({ query: 'SELECT 1' })).text()).toBe('1\n');
    expect(await (await post({ body: 'SELECT 2;' })).text()).toBe('2\n');
    expect(await (await post({ params: { query: 'SELECT' }, body: '3' })).text()).toBe('3\n');
  });

  test('an INSERT in the URL takes its data from the body, byte for byte', async () => {
    const insert = (format: string, body: string | Uint8Array) =>
      post({ params: { query: `INSERT INTO t FORMAT ${format}` }, body });
    const bytes = Buffer.concat([Buffer.from('101\t'), Buffer.from([0xff, 0xfe]), Buffer.from('\n')]);
    expect((await insert('TabSeparated', bytes)).status).toBe(200);
    // RowBinary: little-endian number, length, text; a line feed in it is data.
    const row = Buffer.from([10, 0, 0, 0, 0, 0, 0, 0, 2, 0, 10]);
    expect((await insert('RowBinary', Buffer.concat([row, row]))).status).toBe(200);
    expect((await insert('JSONEachRow', '{"a":102,"s":"; SELECT 1; "}\n')).status).toBe(200);
    const inserted = await get({ query: 'SELECT a, hex(s) FROM t WHERE a IN (10, 101, 102) ORDER BY a' });
    expect(await inserted.text()).toBe('10\t000A\n10\t000A\n101\tFFFE\n102\t3B2053454C45435420313B20\n');
  });

  test('rows are data to their end, empty lines and what looks like SQL behind them too', async () => {
    const insert = (sql: string) => post({ body: sql });
    await insert('INSERT INTO t FORMAT JSONEachRow\n{"a":111}\n\nDROP TABLE t').then((response) => {
      expect(response.status).toBe(400);
    });
    const csv =
      'INSERT INTO t (s, a) SETTINGS input_format_allow_errors_num = 0 FORMAT CSV\n"x\n\n; DROP",112\n';
    expect((await insert(csv)).status).toBe(200);
    expect((await insert("INSERT INTO t VALUES (113, 'a;b'),\n\n(114, '\n\n');")).status).toBe(200);
    expect((await insert("INSERT INTO t VALUES (115, ''); DROP TABLE t")).status).toBe(400);
    const inserted = await get({ query: 'SELECT a, s FROM t WHERE a BETWEEN 111 AND 115 ORDER BY a' });
    expect(await inserted.text()).toBe('112\tx\\n\\n; DROP\n113\ta;b\n114\t\\n\\n\n');
  });

  test('INSERT … SELECT inserts, and tells how many rows', async () => {
    const response = await post({
      body: "INSERT INTO t SELECT number + 120, 'format' AS format FROM numbers(3);",
    });
    expect(JSON.parse(response.headers.get('x-clickhouse-summary') ?? '')).toMatchObject({
      written_rows: '3',
    });
    expect(await count('a BETWEEN 120 AND 122')).toBe('3\n');
  });

  test('an INSERT without rows inserts none', async () => {
    const response = await post({ params: { query: 'INSERT INTO t FORMAT JSONEachRow' } });
    expect([response.status, await count('a = 0')]).toEqual([200, '0\n']);
  });

  test('the summary tells what was written', async () => {
    const response = await post({ body: "INSERT INTO t VALUES (201, 'x'), (202, 'y')" });
    expect(JSON.parse(response.headers.get('x-clickhouse-summary') ?? '')).toMatchObject({
      written_rows: '2',
    });
  });

  test('format and database come from the URL or from headers; FORMAT in the query wins', async () => {
    const query = 'SELECT 1 AS x, currentDatabase() AS d';
    const headers = { 'X-ClickHouse-Database': 'system', 'X-ClickHouse-Format': 'JSONEachRow' };
    const fromHeaders = await fetch(url({ query }), { headers });
    expect(await fromHeaders.text()).toBe('{"x":1,"d":"system"}\n');
    expect(fromHeaders.headers.get('x-clickhouse-format')).toBe('JSONEachRow');
    const csv = await get({ query: `${query} FORMAT CSV SETTINGS max_threads = 1`, default_format: 'JSON' });
    expect(await csv.text()).toBe(`1,"${database.name}"\n`);
    expect(csv.headers.get('x-clickhouse-format')).toBe('CSV');
    expect(csv.headers.get('content-type')).toMatch('text/csv');
  });

  test('a setting in the URL holds for its request and not for the next', async () => {
    const query = "SELECT getSetting('max_threads'), getSetting('max_block_size')";
    const before = await (await get({ query })).text();
    const during = await (await get({ query, max_threads: '7', max_block_size: '77' })).text();
    await post({ body: 'SET max_threads = 9' });
    await post({ body: 'USE system' });
    const after = await Promise.all(Array.from({ length: 10 }, async () => (await get({ query })).text()));
    expect(during).toBe('7\t77\n');
    expect(new Set(after)).toEqual(new Set([before]));
  });

  test('gzip goes both ways', async () => {
    const body = gzipSync('{"a":301,"s":"zipped"}\n');
    const insert = { query: 'INSERT INTO t FORMAT JSONEachRow' };
    expect((await post({ params: insert, headers: { 'Content-Encoding': 'gzip' }, body })).status).toBe(200);
    const answer = await raw(url({ query: "SELECT repeat('x', 10000)", enable_http_compression: '1' }));
    expect(answer.encoding).toBe('gzip');
    expect(gunzipSync(answer.body).toString()).toBe(`${'x'.repeat(10_000)}\n`);
    expect(await count("a = 301 AND s = 'zipped'")).toBe('1\n');
    const broken = await post({ params: insert, headers: { 'Content-Encoding': 'gzip' }, body: 'not gzip' });
    expect(broken.status).toBe(400);
  });

  test.each([
    ['SELEC 1', 400, 62, 'SYNTAX_ERROR'],
    ['', 400, 62, 'SYNTAX_ERROR'],
    ['SELECT 1; SELECT 2', 400, 62, 'SYNTAX_ERROR'],
    ['SELECT nope', 404, 47, 'UNKNOWN_IDENTIFIER'],
    ['SELECT * FROM nope', 404, 60, 'UNKNOWN_TABLE'],
    ['SELECT * FROM nope.t', 404, 81, 'UNKNOWN_DATABASE'],
    ["SELECT throwIf(1, 'x')", 500, 395, 'FUNCTION_THROW_IF_VALUE_IS_NON_ZERO'],
    ["SELECT 1 INTO OUTFILE '/tmp/never'", 500, 358, 'INTO_OUTFILE_NOT_ALLOWED'],
    ['INSERT INTO t FORMAT JSONEachRow\n{"a":"x"}', 400, 27, 'CANNOT_PARSE_INPUT_ASSERTION_FAILED'],
    ['SELECT sleep(3) SETTINGS max_execution_time = 0.2', 408, 159, 'TIMEOUT_EXCEEDED'],
  ])('%s is answered with %i, code %i %s', async (body, status, code, name) => {
    const response = await post({ body });
    expect(await response.text()).toMatch(
      new RegExp(`^Code: ${code}\\. DB::Exception: [^]*\\(${name}\\)\\n$`),
    );
    expect(response.status).toBe(status);
    expect(response.headers.get('x-clickhouse-exception-code')).toBe(String(code));
  });

  test('an unknown setting is refused with code 115', async () => {
    const response = await get({ query: 'SELECT 1', no_such_setting: '1' });
    expect([response.status, response.headers.get('x-clickhouse-exception-code')]).toEqual([404, '115']);
  });

  test('GET does not write, and takes settings', async () => {
    const response = await get({ query: "INSERT INTO t VALUES (401, '')" });
    expect([response.status, response.headers.get('x-clickhouse-exception-code')]).toEqual([500, '164']);
    expect((await get({ query: 'SELECT 1', max_threads: '1' })).status).toBe(200);
    expect(await count('a = 401')).toBe('0\n');
  });

  test('a web page of another site cannot write', async () => {
    const headers = { Origin: 'https://example.com' };
    expect((await post({ body: "INSERT INTO t VALUES (402, '')", headers })).status).toBe(403);
    expect(await count('a = 402')).toBe('0\n');
  });

  test('a client that goes away in the middle harms nobody', async () => {
    const leave = new AbortController();
    const left = fetch(url({ query: 'SELECT sleep(0.5)' }), { signal: leave.signal });
    const half = fetch(url({ query: 'INSERT INTO t FORMAT CSV' }), {
      method: 'POST',
      body: new ReadableStream({ start: (stream) => stream.enqueue(Buffer.from('501,x\n')) }),
      duplex: 'half',
      signal: leave.signal,
    } as RequestInit);
    setTimeout(() => leave.abort(), 100);
    await Promise.allSettled([left, half]);
    expect(await count('a = 501')).toBe('0\n');
  });

  test('a session keeps its temporary tables and settings, and a request’s own settings are no part of it', async () => {
    const session_id = `kept-${database.name}`;
    const inSession = async (body: string, params: Record<string, string> = {}) =>
      (await post({ params: { session_id, ...params }, body })).text();
    await inSession('CREATE TEMPORARY TABLE kept AS SELECT 7 AS x');
    await inSession('SET max_block_size = 77, max_threads = 3');
    const query = "SELECT x, getSetting('max_block_size'), getSetting('max_threads') FROM kept";
    expect(await inSession(query, { max_block_size: '99' })).toBe('7\t99\t3\n');
    expect(await inSession(query)).toBe('7\t77\t3\n');
    expect(await (await post({ body: 'SELECT * FROM kept' })).text()).toContain('Code: 60');
  });

  test('a session is one request’s at a time, and can be asked to exist', async () => {
    const code = async (params: Record<string, string>, body = 'SELECT 1') => {
      const response = await post({ params, body });
      await response.text();
      return response.headers.get('x-clickhouse-exception-code');
    };
    const session_id = `busy-${database.name}`;
    expect(await code({ session_id, session_check: '1' })).toBe('372');
    const slow = code({ session_id, query_id: session_id }, 'SELECT sleep(2)');
    const running = `SELECT count() FROM system.processes WHERE query_id = '${session_id}'`;
    await eventually(async () => expect(await (await post({ body: running })).text()).toBe('1\n'));
    expect(await code({ session_id })).toBe('373');
    expect(await slow).toBe(null);
    expect(await code({ session_id, session_check: '1' })).toBe(null);
    expect(await code({ session_id, session_timeout: '3601' })).toBe('374');
  });

  test('lz4 frames are read, and what is none is refused', async () => {
    const params = { query: 'INSERT INTO t FORMAT JSONEachRow' };
    const headers = { 'Content-Encoding': 'lz4' };
    const body = new Uint8Array(await compressFrame('{"a":302,"s":"framed"}\n'));
    expect((await post({ params, headers, body })).status).toBe(200);
    expect(await count("a = 302 AND s = 'framed'")).toBe('1\n');
    expect((await post({ params, headers, body: 'not lz4' })).status).toBe(400);
  });

  test('a multipart body holds the query, its parameters and external tables', async () => {
    const form = new FormData();
    form.set('query', 'SELECT sum(_1), any(_2), {text:String} FROM numbers_of_mine');
    form.set('param_text', "it's; SELECT");
    form.set('numbers_of_mine', new Blob(['1,a\n2,a\n']), 'file');
    const params = { numbers_of_mine_format: 'CSV', numbers_of_mine_types: 'UInt8,LowCardinality(String)' };
    const response = await fetch(url({ database: database.name, ...params }), { method: 'POST', body: form });
    expect(await response.text()).toBe("3\ta\tit\\'s; SELECT\n");
    const without = await fetch(url({ database: database.name }), { method: 'POST', body: form });
    expect(await without.text()).toMatch(/^Code: 36\. /);
  });

  test('an error is compressed when the answer would be', async () => {
    const answer = await raw(url({ query: 'SELECT nope', enable_http_compression: '1' }));
    expect(answer.encoding).toBe('gzip');
    expect(gunzipSync(answer.body).toString()).toMatch(/^Code: 47\. /);
  });

  test('a fault after the first rows is told at the end, and the connection breaks off', async () => {
    const query = "SELECT throwIf(number = 3000000, 'late') FROM numbers(4000000)";
    const response = await post({ body: query });
    const tag = response.headers.get('x-clickhouse-exception-tag');
    expect([response.status, tag?.length]).toEqual([200, 16]);
    const pieces: Uint8Array[] = [];
    const reading = (async () => {
      for await (const piece of response.body ?? []) pieces.push(piece);
    })();
    await expect(reading).rejects.toThrow();
    expect(Buffer.concat(pieces).toString()).toMatch(
      new RegExp(`\r\n__exception__\r\n${tag}\r\nCode: 395[^]*\n\\d+ ${tag}\r\n__exception__\r\n$`),
    );
  });

  test('query ids are given back, the time zone is UTC', async () => {
    const response = await get({ query: 'SELECT timezone(), toString(toDateTime(0))', query_id: 'mine' });
    expect(response.headers.get('x-clickhouse-query-id')).toBe('mine');
    expect(response.headers.get('x-clickhouse-timezone')).toBe('UTC');
    expect(await response.text()).toBe('UTC\t1970-01-01 00:00:00\n');
  });

  test('queries that ran are gone from the list of processes', async () => {
    const running = get({ query: "SELECT sleep(0.3), 'the marked one'" });
    const processes = async () =>
      (
        await get({
          query:
            "SELECT count() FROM system.processes WHERE query LIKE '%the marked one%' AND query NOT LIKE '%processes%'",
        })
      ).text();
    await eventually(async () => expect(await processes()).toBe('1\n'));
    await running;
    expect(await processes()).toBe('0\n');
  });
});

/** Without fetch's own decompression. */
function raw(url: string): Promise<{ encoding: string | undefined; body: Buffer }> {
  return new Promise((resolve, reject) => {
    const asking = request(url, { headers: { 'Accept-Encoding': 'gzip' } }, async (response) => {
      const body = Buffer.concat(await response.toArray());
      resolve({ encoding: response.headers['content-encoding'], body });
    });
    asking.once('error', reject);
    asking.end();
  });
}
