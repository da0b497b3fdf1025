import { ClickHouseError } from '@clickhouse/client';
import { pino } from 'pino';
import { describe, expect, test } from 'vitest';
import { Breaker, SUSPICIOUS_ROWS, SUSPICIOUS_VIOLATIONS } from '../../consumer/persist/breaker.ts';
import { boundedParts, type Item, insertTable } from '../../consumer/persist/insert-table.ts';
import type { RowSink } from '../../consumer/persist/row-sink.ts';
import { createMetrics } from '../../consumer/watch/metrics.ts';
import type { Work } from '../../consumer/work.ts';

const TOGETHER = { tries: 1, vainTries: 0 };
const ALONE = { tries: 1, vainTries: 200 };

/** What ClickHouse answers to an insert of these rows; undefined where it takes them. */
type Answer = (rows: readonly number[]) => string | undefined;

/** A table of a ClickHouse that answers so. */
function table(answer: Answer) {
  const standing = new Set<number>();
  const inserts: number[] = [];
  const sink: RowSink = {
    insert: async (_, { count, pieces }) => {
      const all = Buffer.concat(pieces);
      const rows = Array.from({ length: count }, (_, index) => all.readUInt32LE(index * 4));
      inserts.push(rows.length);
      const code = answer(rows);
      if (code !== undefined) throw new ClickHouseError({ message: 'x', code, type: 'KIND' });
      for (const n of rows) standing.add(n);
    },
    answers: async () => true,
  };
  const deps = {
    sink,
    breaker: new Breaker(),
    log: pino({ level: 'silent' }),
    metrics: createMetrics([]),
  };
  const insert = async (numbers: readonly number[], effort = ALONE) => {
    const outcome = await insertTable('t', numbers.map(itemOf), deps, effort, new AbortController().signal);
    const sorted = (each: readonly { readonly work: Work }[]) =>
      each.map(({ work }) => numberOf(work)).sort((one, other) => one - other);
    return { poison: sorted(outcome.poison), held: sorted(outcome.held) };
  };
  return { insert, standing, inserts };
}

function itemOf(n: number): Item {
  const message = { key: null, value: null, headers: {}, timestamp: '0', attributes: 0, offset: String(n) };
  const source = { topic: 't', partition: 0, message };
  const work = { source, event: undefined, rows: [], failure: undefined };
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(n);
  return { unsettled: { work, standing: 0, failure: undefined }, bytes, partition: '' };
}

const numberOf = ({ source }: Work) => Number(source.message.offset);
const upTo = (count: number) => Array.from({ length: count }, (_, n) => n);
const isIn = (bad: readonly number[]) => (rows: readonly number[]) => rows.some((n) => bad.includes(n));

test('an insert falls into a bounded number of partitions, and rows of one stay together', () => {
  const items = upTo(1_000).map((n) => ({ ...itemOf(n), partition: `month ${n % 130}` }));
  const parts = boundedParts(items);
  expect(parts.flat()).toHaveLength(items.length);
  const months = parts.map((part) => new Set(part.map(({ partition }) => partition)));
  expect(months.map((each) => each.size)).toEqual([50, 50, 30]);
  expect(new Set(months.flatMap((each) => [...each]))).toHaveLength(130);
});

describe('rows that can never be inserted', () => {
  test('are found among many, and all others stand', async () => {
    const bad = [0, 7, 500, 999];
    const { insert, standing } = table((rows) => (isIn(bad)(rows) ? '27' : undefined));
    expect(await insert(upTo(1_000), TOGETHER)).toEqual({ poison: bad, held: [] });
    expect(standing.size).toBe(996);
  });

  test('that are all there is are the table at fault: they wait, after a few tries', async () => {
    const { insert, inserts } = table(() => '27');
    const { poison, held } = await insert(upTo(5_000));
    expect(poison).toEqual([]);
    expect(held).toHaveLength(5_000);
    expect(inserts.length).toBeLessThan(100);
  });

  test('one by one, they are dead letters until there are too many in a row', async () => {
    const { insert } = table(() => '27');
    const endings = [];
    for (const n of upTo(SUSPICIOUS_ROWS + 5)) endings.push(await insert([n]));
    expect(endings.filter(({ poison }) => poison.length > 0)).toHaveLength(SUSPICIOUS_ROWS - 1);
  });

  test('by a constraint are dead letters until they are very many: it may be meant', async () => {
    const refused = table(() => '469');
    expect(await refused.insert(upTo(300))).toEqual({ poison: upTo(300), held: [] });
    const { poison, held } = await refused.insert(upTo(SUSPICIOUS_VIOLATIONS));
    expect(poison).toEqual([]);
    expect(held).toHaveLength(SUSPICIOUS_VIOLATIONS);
  });

  test('refused before the table was mended are tried again, not set aside', async () => {
    let tries = 0;
    const { insert } = table(() => (++tries <= 60 ? '27' : undefined));
    await insert(upTo(1_000));
    const { poison } = await insert(upTo(1_000));
    expect(poison).toEqual([]);
    expect(await insert(upTo(1_000))).toEqual({ poison: [], held: [] });
  });
});

describe('rows that cannot be inserted for now', () => {
  test('are found among many when they are tried alone, and all others stand', async () => {
    const bad = [3, 4, 800];
    const { insert, standing } = table((rows) => (isIn(bad)(rows) ? '241' : undefined));
    expect(await insert(upTo(1_000), TOGETHER)).toMatchObject({ held: upTo(1_000) });
    expect(await insert(upTo(1_000))).toEqual({ poison: [], held: bad });
    expect(standing.size).toBe(997);
  });

  test('and are all there is, are found so by a few tries', async () => {
    const { insert, inserts } = table(() => '241');
    expect((await insert(upTo(5_000))).held).toHaveLength(5_000);
    expect(inserts.length).toBeLessThan(250);
  });

  test('and are many, do not keep those behind them from being tried in the end', async () => {
    const isBad = (n: number) => n < 400;
    const { insert, standing } = table((rows) => (rows.some(isBad) ? '241' : undefined));
    let waiting = upTo(1_000);
    for (let attempt = 0; attempt < 100 && standing.size < 600; attempt++) {
      waiting = (await insert(waiting)).held;
    }
    expect(standing.size).toBe(600);
  });
});
