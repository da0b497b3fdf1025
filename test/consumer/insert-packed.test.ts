import { ClickHouseError } from '@clickhouse/client';
import { pino } from 'pino';
import { expect, test } from 'vitest';
import { PackedBatch } from '../../consumer/packed-batch.ts';
import { Breaker } from '../../consumer/persist/breaker.ts';
import { insertPacked } from '../../consumer/persist/insert-packed.ts';
import type { RowSink } from '../../consumer/persist/row-sink.ts';
import { createMetrics } from '../../consumer/watch/metrics.ts';
import { type StreamEvent, toMessage } from '../../schemas/event.ts';
import { event, sample, sessions } from './events.ts';

const MONTH_MS = 31 * 86_400_000;
const never = new AbortController().signal;

/** A ClickHouse that answers so to the inserts of a table, one after the other; it takes what it has no answer to. */
function clickHouse(answers: Readonly<Record<string, readonly Error[]>> = {}) {
  const inserts: (readonly [table: string, rows: number])[] = [];
  const left = new Map(Object.entries(answers).map(([table, each]) => [table, [...each]]));
  const sink: RowSink = {
    insert: async (table, { count }) => {
      inserts.push([table, count]);
      const error = left.get(table)?.shift();
      if (error !== undefined) throw error;
    },
    answers: async () => true,
  };
  const log = pino({ level: 'silent' });
  return { inserts, deps: { sink, breaker: new Breaker(), log, metrics: createMetrics([]) } };
}

const refusal = (code: string) => new ClickHouseError({ message: 'x', code, type: 'KIND' });
const POISON = refusal('27');
const READ_ONLY = refusal('242');
const AWAY = Object.assign(new Error('away'), { code: 'ECONNREFUSED' });

function batchOf(topic: string, events: readonly StreamEvent[]): PackedBatch {
  const messages = events.map((each) => {
    const { key, value, headers } = toMessage(each);
    const bytes = { key: Buffer.from(key), value: Buffer.from(value) };
    return { ...bytes, headers, timestamp: '0', attributes: 0, offset: `${each.sequence}` };
  });
  return new PackedBatch({ topic, partition: 0, messages }, 'q.dead-letter');
}

const logout = event('agent-logout', sample('agent-logout.admin'), 9);
const batches = [batchOf('q.session', sessions(1, 3)), batchOf('q.agent-logout', [logout])];
const rows = batches.map((batch) => batch.rows);

test('batches of a lot are one insert for each table, the events first', async () => {
  const { inserts, deps } = clickHouse();
  expect(await insertPacked(rows, deps, never)).toEqual({
    ending: 'tried',
    standing: new Set(['events_rows', 'sessions_rows', 'agent_logouts_rows']),
    isWhole: true,
  });
  expect(inserts).toEqual([
    ['events_rows', 4],
    ['sessions_rows', 3],
    ['agent_logouts_rows', 1],
  ]);
});

test('without its events no fact is inserted', async () => {
  const { inserts, deps } = clickHouse({ events_rows: [POISON] });
  expect(await insertPacked(rows, deps, never)).toMatchObject({ standing: new Set(), isWhole: false });
  expect(inserts).toEqual([['events_rows', 4]]);
});

test('a table that refuses twice is left, and the others stand', async () => {
  const { inserts, deps } = clickHouse({ sessions_rows: [READ_ONLY, READ_ONLY] });
  expect(await insertPacked(rows, deps, never)).toMatchObject({
    standing: new Set(['events_rows', 'agent_logouts_rows']),
    isWhole: false,
  });
  expect(inserts).toHaveLength(4);
});

test('a table that refuses once, as after a time-out, is given the same again', async () => {
  const { inserts, deps } = clickHouse({ sessions_rows: [READ_ONLY] });
  expect(await insertPacked(rows, deps, never)).toMatchObject({ isWhole: true });
  expect(inserts).toHaveLength(4);
});

test('a ClickHouse that is away is tried until it is back', async () => {
  const { inserts, deps } = clickHouse({ events_rows: [AWAY] });
  const awayOnce = { ...deps, sink: { ...deps.sink, answers: async () => false } };
  expect(await insertPacked(rows, awayOnce, never)).toMatchObject({ isWhole: true });
  expect(inserts).toHaveLength(4);
});

test('rows of more months than one insert may have are taken apart', async () => {
  const { inserts, deps } = clickHouse();
  const scattered = Array.from({ length: 60 }, (_, month) =>
    sessions(month + 1, month + 1, { receivedMs: Date.UTC(2020, 0) + month * MONTH_MS }),
  );
  const batch = batchOf('q.session', scattered.flat());
  expect(await insertPacked([batch.rows], deps, never)).toMatchObject({
    standing: new Set(),
    isWhole: false,
  });
  expect(inserts).toEqual([]);
});

test('a stay that is over is not told of what stands', async () => {
  const { deps } = clickHouse();
  expect(await insertPacked(rows, deps, AbortSignal.abort())).toEqual({ ending: 'abandoned' });
});
