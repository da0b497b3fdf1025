import { Readable } from 'node:stream';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { dateTime } from '../../consumer/normalize/date-time-text.ts';
import { RowBytes } from '../../consumer/persist/row-binary/bytes.ts';
import { inPieces, RowFormat } from '../../consumer/persist/row-binary/row-format.ts';
import { COLUMN_TYPES, type ColumnType, UnfitValueError } from '../../consumer/persist/row-binary/types.ts';
import { emptyDatabase } from '../support/clickhouse.ts';

const TYPES = Object.keys(COLUMN_TYPES) as ColumnType[];
const EVERY = Object.fromEntries(TYPES.map((type, index) => [`c${index}`, type]));

const text = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 300 }).map((each) => each.toWellFormed()),
  fc.constantFrom(
    '',
    'é'.repeat(42),
    'é'.repeat(43),
    'x'.repeat(127),
    'x'.repeat(128),
    '\ufeff',
    '𝄞'.repeat(64),
  ),
);
const time = fc
  .oneof(
    fc.integer({ min: Date.UTC(1900, 0, 1), max: Date.UTC(2299, 0, 1) - 1 }),
    fc.constantFrom(Date.UTC(1900, 0, 1), -1, 0, 1, Date.UTC(2299, 0, 1) - 1, 2 ** 32, -(2 ** 32)),
  )
  .map(dateTime);
const texts = fc.dictionary(text, text, { maxKeys: 5, noNullPrototype: true });

/** Values that a row can have in a column of each type. */
const VALUES: Record<ColumnType, fc.Arbitrary<unknown>> = {
  String: text,
  'LowCardinality(String)': text,
  'Nullable(String)': fc.option(text),
  Bool: fc.boolean(),
  UInt32: fc.oneof(fc.nat(), fc.constantFrom(0, 2 ** 31, 2 ** 32 - 1)),
  UInt64: fc.oneof(
    fc.bigInt(0n, 2n ** 64n - 1n).map(String),
    fc.maxSafeNat(),
    fc.constantFrom('0', '999999999999999', '9007199254740993', '18446744073709551615', 2 ** 53 - 1, 2 ** 32),
  ),
  "DateTime64(3, 'UTC')": time,
  "Nullable(DateTime64(3, 'UTC'))": fc.option(time),
  'Array(String)': fc.array(text, { maxLength: 200 }),
  'Map(String, String)': texts,
};
const anyRow = fc.tuple(...TYPES.map((type) => VALUES[type])).map((values) => {
  return Object.fromEntries(values.map((value, index) => [`c${index}`, value]));
});

test('whatever a row holds, of every type, ClickHouse has what it holds, also in another of its formats', async () => {
  const { client, rows } = await emptyDatabase();
  const columns = Object.entries(EVERY).map(([name, type]) => `${name} ${type}`);
  for (const table of ['ours', 'theirs']) {
    const order = `ENGINE = MergeTree ORDER BY tuple()`;
    await client.command({ query: `CREATE TABLE ${table} (n UInt32, ${columns.join(', ')}) ${order}` });
  }
  const sample = fc.sample(anyRow, { numRuns: 2_000, seed: 11 }).map((row, n) => ({ n, ...row }));
  const format = new RowFormat({ n: 'UInt32', ...EVERY });
  const body = [format.header, ...inPieces(sample.map((row) => format.encode(row)))];
  const { stream } = await client.exec({
    query: 'INSERT INTO ours FORMAT RowBinaryWithNamesAndTypes',
    values: Readable.from(body, { objectMode: false }),
  });
  stream.resume();
  await client.insert({ table: 'theirs', values: sample, format: 'JSONEachRow' });

  const names = Object.keys(EVERY);
  // Of two equal keys, and of their order, JSON and Map know nothing.
  const compared = names
    .map((name) => (EVERY[name]?.startsWith('Map') ? `mapSort(${name})` : name))
    .join(', ');
  const differing = await rows(
    `SELECT * FROM (SELECT n, ${compared} FROM ours EXCEPT SELECT n, ${compared} FROM theirs)`,
  );
  expect(differing).toEqual([]);
  expect(await rows('SELECT toUInt32(count()) AS n FROM ours')).toEqual([{ n: sample.length }]);
});

test('a table of other columns or types refuses the rows, and takes them for no other values', async () => {
  const { client } = await emptyDatabase();
  const format = new RowFormat({ a: 'UInt64', b: 'String' });
  const body = Buffer.concat([format.header, format.encode({ a: 1, b: 'x' })]);
  for (const [table, columns] of Object.entries({
    of_another_type: 'a UInt32, b String',
    with_a_kindred_type: 'a UInt64, b LowCardinality(String)',
    without_a_column: 'a UInt64',
  })) {
    await client.command({ query: `CREATE TABLE ${table} (${columns}) ENGINE = MergeTree ORDER BY a` });
    const query = `INSERT INTO ${table} FORMAT RowBinaryWithNamesAndTypes`;
    const inserted = client.exec({
      query,
      values: Readable.from([body], { objectMode: false }),
      clickhouse_settings: { input_format_skip_unknown_fields: 0 },
    });
    await expect(inserted, table).rejects.toMatchObject({ code: '117' });
  }
});

describe('a value that its column cannot hold', () => {
  test.each<[ColumnType, unknown]>([
    ['String', 1],
    ['String', null],
    ['String', undefined],
    ['Bool', 1],
    ['UInt32', 2 ** 32],
    ['UInt32', -1],
    ['UInt32', 1.5],
    ['UInt64', -1],
    ['UInt64', 2 ** 53],
    ['UInt64', '18446744073709551616'],
    ['UInt64', '-0000000000000001'],
    ['UInt64', 'secret'],
    ["DateTime64(3, 'UTC')", 'secret'],
    ["DateTime64(3, 'UTC')", '2026-02-30 00:00:00.000'],
    ["DateTime64(3, 'UTC')", null],
    ['Array(String)', 'secret'],
    ['Array(String)', [1]],
    ['Map(String, String)', null],
    ['Map(String, String)', { a: 1 }],
  ])(
    'of type %s, such as %o, becomes no bytes, is not quoted, and leaves nothing in the next row',
    (type, value) => {
      const format = new RowFormat({ before: 'String', it: type });
      const refused = () => format.encode({ before: 'x', it: value });
      expect(refused).toThrow(UnfitValueError);
      expect(refused).not.toThrow(/secret/);
      const whole = new RowFormat({ before: 'String' });
      expect(whole.encode({ before: 'y' })).toEqual(Buffer.from('\x01y'));
    },
  );
});

/** A row of so many equal bytes. */
function blobRow(bytes: RowBytes, length: number, byte: number): Buffer {
  bytes.blob(Buffer.alloc(length, byte));
  bytes.endRow();
  const [row, ...others] = bytes.takeRows();
  if (row === undefined || others.length > 0) throw new Error('a row is in one piece');
  return row;
}

describe('rows', () => {
  const sizes = fc.array(fc.oneof(fc.nat(300), fc.nat(400_000)), { minLength: 1, maxLength: 40 });

  test('keep their bytes, whatever is written after them, and are sent as few pieces', () => {
    fc.assert(
      fc.property(sizes, (lengths) => {
        const bytes = new RowBytes();
        const rows = lengths.map((length, index) => blobRow(bytes, length, index));
        const expected = lengths.map((length, index) => blobRow(new RowBytes(), length, index));
        rows.forEach((row, index) => void expect(row.equals(expected[index] ?? Buffer.alloc(0))).toBe(true));
        const pieces = [...inPieces(rows)];
        expect(Buffer.concat(pieces).equals(Buffer.concat(expected))).toBe(true);
        const slabs = new Set(rows.map(({ buffer }) => buffer)).size;
        expect(pieces).toHaveLength(slabs);
      }),
      { numRuns: 200 },
    );
  });

  test('tell where their blob stands, also when they did not fit where they were begun', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(400), fc.nat(900)), { minLength: 1, maxLength: 20 }), (all) => {
        const bytes = new RowBytes((wanted) => Buffer.alloc(Math.max(wanted, 20_000)));
        for (const [length, behind] of all) {
          const blob = Buffer.alloc(length, length);
          bytes.text('before');
          bytes.blob(blob);
          bytes.text('x'.repeat(behind * 20));
          bytes.endRow();
          const { slab, from } = bytes.lastBlob;
          expect(slab.subarray(from, from + length).equals(blob)).toBe(true);
        }
      }),
    );
  });

  test('without those that were left out are sent as what is left', () => {
    const format = new RowFormat({ a: 'String' });
    const rows = ['1', '2', '3', '4'].map((a) => format.encode({ a }));
    const [first, , third, fourth] = rows;
    const left = [third, fourth, first].filter((row) => row !== undefined);
    expect(Buffer.concat([...inPieces(left)])).toEqual(Buffer.from('\x013\x014\x011'));
    expect([...inPieces([])]).toEqual([]);
  });

  test('one that was begun and dropped leaves nothing', () => {
    const bytes = new RowBytes();
    bytes.text('dropped');
    bytes.dropRow();
    bytes.uint8(7);
    bytes.endRow();
    expect(bytes.takeRows()).toEqual([Buffer.from([7])]);
  });

  test('that are taken together are whole in each piece, and are taken once', () => {
    fc.assert(
      fc.property(sizes, (lengths) => {
        const bytes = new RowBytes((wanted) => Buffer.alloc(Math.max(wanted, 1_000)));
        const expected = lengths.map((length, index) => blobRow(new RowBytes(), length, index));
        lengths.forEach((length, index) => {
          bytes.blob(Buffer.alloc(length, index));
          bytes.endRow();
        });
        bytes.text('not ended');
        const pieces = bytes.takeRows();
        expect(Buffer.concat(pieces).equals(Buffer.concat(expected))).toBe(true);
        let left = pieces.map(({ length }) => length);
        for (const { length } of expected) {
          const [first = 0, ...others] = left;
          expect(first).toBeGreaterThanOrEqual(length);
          left = first === length ? others : [first - length, ...others];
        }
        expect(left).toEqual([]);
        expect(bytes.takeRows()).toEqual([]);
      }),
      { numRuns: 200 },
    );
  });
});
