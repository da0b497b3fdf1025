import { type ClickHouseClient, ClickHouseError, ClickHouseLogLevel, createClient } from '@clickhouse/client';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Database, emptyDatabase } from '../support/clickhouse.ts';

/** The local ClickHouse as the official client sees it. */
describe('@clickhouse/client', () => {
  let database: Database;
  let reader: ClickHouseClient;

  beforeAll(async () => {
    database = await emptyDatabase();
    reader = createClient({
      url: database.url,
      username: 'reader',
      password: 'any',
      log: { level: ClickHouseLogLevel.OFF },
    });
    await database.client.command({
      query:
        'CREATE TABLE facts (id UInt64, text String, tags Map(String, String)) ENGINE = MergeTree ORDER BY id',
    });
  });
  afterAll(() => reader.close());

  test('what is inserted is read back, whatever the characters', async () => {
    const rows = [
      { id: '1', text: 'a\tb\nc\\d\'e"f`g;h--i', tags: { 'k;y': 'v\'a"l' } },
      { id: '18446744073709551615', text: '空 😀 \u0000 end', tags: {} },
      { id: '3', text: 'INSERT INTO x FORMAT CSV\n; SELECT 1', tags: {} },
    ];
    const { summary } = await database.client.insert({ table: 'facts', values: rows, format: 'JSONEachRow' });
    expect(summary).toMatchObject({ written_rows: '3' });
    const read = await database.client.query({
      query: 'SELECT * FROM facts ORDER BY id',
      format: 'JSONEachRow',
      clickhouse_settings: { output_format_json_quote_64bit_integers: 1 },
    });
    expect(await read.json()).toEqual([rows[0], rows[2], rows[1]]);
  });

  test('each of the formats that the client offers comes as the client expects it', async () => {
    const query = "SELECT toUInt8(number) AS n, 'x,y' AS s FROM numbers(2)";
    const inFormat = async (format: 'JSON' | 'JSONCompact' | 'CSVWithNames' | 'TabSeparated') =>
      (await database.client.query({ query, format })).text();
    expect(JSON.parse(await inFormat('JSON')).data).toEqual([
      { n: 0, s: 'x,y' },
      { n: 1, s: 'x,y' },
    ]);
    expect(JSON.parse(await inFormat('JSONCompact')).data).toEqual([
      [0, 'x,y'],
      [1, 'x,y'],
    ]);
    expect(await inFormat('CSVWithNames')).toBe('"n","s"\n0,"x,y"\n1,"x,y"\n');
    expect(await inFormat('TabSeparated')).toBe('0\tx,y\n1\tx,y\n');
  });

  test('rows can be taken as a stream', async () => {
    const result = await database.client.query({
      query: 'SELECT number AS n FROM numbers(100000)',
      format: 'JSONEachRow',
    });
    let count = 0;
    for await (const rows of result.stream()) count += rows.length;
    expect(count).toBe(100_000);
  });

  test('query parameters arrive as they were given, and cannot become SQL', async () => {
    const params = {
      text: "tab\t newline\n quote' backslash\\ '; DROP TABLE facts",
      list: ["it's", 'a\\b', ''],
      map: new Map([['k', 'v']]),
      nothing: null,
      when: new Date('2026-11-24T01:02:03.456Z'),
      number: 42,
    };
    const [row] = await database.rows(
      `SELECT {text:String} AS text, {list:Array(String)} AS list, {map:Map(String, String)} AS map,
              {nothing:Nullable(String)} AS nothing, {when:DateTime64(3)} AS when, {number:UInt8} AS number`,
      params,
    );
    expect(row).toEqual({
      ...params,
      map: { k: 'v' },
      when: '2026-11-24 01:02:03.456',
    });
  });

  test('a parameter of one request is unknown to the next', async () => {
    await database.rows('SELECT {secret:String}', { secret: 'x' });
    for (let attempt = 0; attempt < 10; attempt++) {
      await expect(database.rows('SELECT {secret:String}')).rejects.toMatchObject({ code: '456' });
    }
  });

  test('the reader reads, and every way to write is refused with code 164', async () => {
    const read = await reader.query({ query: 'SELECT 1 FROM facts LIMIT 0', format: 'CSV' });
    expect(await read.text()).toBe('');
    const writes = [
      'CREATE TABLE other (a UInt8) ENGINE = Memory',
      'DROP TABLE facts',
      'TRUNCATE TABLE facts',
      'ALTER TABLE facts DELETE WHERE 1',
      'INSERT INTO facts SELECT 1, 2, map()',
      'INSERT INTO facts (id) VALUES (1)',
      'SET readonly = 0',
      'SELECT 1 SETTINGS readonly = 0',
    ];
    for (const query of writes) {
      await expect(reader.command({ query }), query).rejects.toMatchObject({ code: '164' });
    }
    const insert = reader.insert({ table: 'facts', values: [{ id: 9 }], format: 'JSONEachRow' });
    await expect(insert).rejects.toMatchObject({ code: '164' });
  });

  test('an error is the client’s ClickHouseError with code and name, also after rows have been made', async () => {
    const failing = database.rows('SELECT throwIf(number = 500000) FROM numbers(1000000)');
    await expect(failing).rejects.toBeInstanceOf(ClickHouseError);
    await expect(failing).rejects.toMatchObject({
      code: '395',
      type: 'FUNCTION_THROW_IF_VALUE_IS_NON_ZERO',
    });
  });

  test('ping, compression both ways and a large insert work', async () => {
    const compressing = createClient({
      url: database.url,
      compression: { request: true, response: true },
    });
    try {
      expect(await compressing.ping()).toEqual({ success: true });
      const values = Array.from({ length: 20_000 }, (_, id) => ({ id, text: 'x'.repeat(100), tags: {} }));
      await compressing.command({ query: 'CREATE TABLE large AS facts ENGINE = MergeTree ORDER BY id' });
      await compressing.insert({ table: 'large', values, format: 'JSONEachRow' });
      const read = await compressing.query({
        query: 'SELECT count() AS n, sum(length(text)) AS l FROM large',
        format: 'JSONEachRow',
      });
      expect(await read.json()).toEqual([{ n: 20_000, l: 2_000_000 }]);
    } finally {
      await compressing.close();
    }
  });
});
