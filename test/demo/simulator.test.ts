import { describe, expect, test } from 'vitest';
import { simulate } from '../../local/demo/simulator/simulate.ts';
import { RETRY_WINDOW_MS } from '../../schemas/identify.ts';
import { KINDS } from '../../schemas/webhooks.ts';
import { type Arrived, arrive } from './arrived.ts';
import { type NormalizedRow, rowsOf } from './rows.ts';

const END_MS = Date.parse('2026-11-18T08:20:30Z');
const WEEK = { seed: 7, days: 7, endMs: END_MS, apps: ['demo', 'other'], conversationsPerDay: 120 };
const week = simulate(WEEK);
const arrived = week.deliveries.map(arrive);
const originals = arrived.filter(({ delivery }) => !delivery.isRedelivery);

describe('the stream', () => {
  test('is the same for the same options, and another for another seed', () => {
    expect(simulate(WEEK)).toEqual(week);
    expect(simulate({ ...WEEK, seed: 8 }).deliveries[0]).not.toEqual(week.deliveries[0]);
  });

  test('only grows with a later end', () => {
    const earlierMs = END_MS - 5 * 3_600_000;
    const earlier = simulate({ ...WEEK, endMs: earlierMs });
    expect(earlier.deliveries.length).toBeLessThan(week.deliveries.length);
    expect(earlier.deliveries).toEqual(week.deliveries.filter(({ receivedMs }) => receivedMs < earlierMs));
  });

  test('is in the order of receipt, from the first day on, and holds nothing of the future', () => {
    const times = week.deliveries.map(({ receivedMs }) => receivedMs);
    expect(times).toEqual(times.toSorted((a, b) => a - b));
    expect(times[0]).toBeGreaterThanOrEqual(week.startMs);
    expect(times.at(-1)).toBeLessThan(END_MS);
    // Midnight in Jakarta.
    expect(new Date(week.startMs).toISOString()).toBe('2026-11-10T17:00:00.000Z');
  });

  test('has every webhook in a shape that the edge recognizes as its kind, with its key', () => {
    const misfits = arrived.filter(({ delivery, recognized }) => {
      const isKey = recognized.kind === 'unrecognized' || recognized.subject === delivery.key;
      return recognized.kind !== delivery.kind || !isKey;
    });
    expect(misfits).toEqual([]);
    expect(new Set(arrived.map(({ recognized }) => recognized.kind))).toEqual(new Set(KINDS));
  });

  test('has no two events that the edge takes for one', () => {
    const seen = new Map<string, number>();
    const merged = originals.filter(({ delivery: { receivedMs }, ids }) => {
      const earlierMs = seen.get(ids.retryOf?.ids[0] ?? '');
      const isKnown =
        seen.has(ids.id) || (earlierMs !== undefined && earlierMs > receivedMs - RETRY_WINDOW_MS);
      seen.set(ids.id, receivedMs);
      return isKnown;
    });
    expect(merged).toEqual([]);
  });

  test('has no redelivery that the edge takes for a new event', () => {
    const seen = new Set(originals.map(({ ids }) => ids.id));
    const redelivered = arrived.filter(({ delivery }) => delivery.isRedelivery);
    expect(redelivered.length).toBeGreaterThan(50);
    const isKnown = ({ ids: { id, retryOf } }: Arrived) =>
      [id, ...(retryOf?.ids ?? [])].some((each) => seen.has(each));
    expect(redelivered.filter((each) => !isKnown(each))).toEqual([]);
  });

  test('has rooms of the same id in both apps', () => {
    const [ofDemo, ofOther] = WEEK.apps.map(
      (app) => new Set(week.deliveries.filter((each) => each.app === app).map(({ key }) => key)),
    );
    expect(ofDemo?.intersection(ofOther ?? new Set()).size).toBeGreaterThan(500);
  });
});

describe('the truth', () => {
  const { truth } = week;

  test('holds all that makes support hard to count', () => {
    const { sessions, resolutions, logouts, backlog, redeliveries } = truth;
    const isWithinDay = (from: number, to: number | undefined) => to !== undefined && to - from <= 86_400_000;
    const found = {
      redeliveries,
      backlog: backlog.length,
      reopenedWithinDay: resolutions.filter((each) => isWithinDay(each.receivedMs, each.reopenedMs)).length,
      reopenedLater: resolutions.filter((each) => (each.reopenedMs ?? 0) - each.receivedMs > 86_400_000)
        .length,
      resolvedWithoutSession: resolutions.filter(({ session }) => session === undefined).length,
      neitherOpenNorResolved: sessions.filter((each) => !each.isOpen && each.resolution === undefined).length,
      toldAfterItsResolution: sessions.filter(
        (each) => each.receivedMs > (each.resolution?.receivedMs ?? Infinity),
      ).length,
      resolvedByNobody: resolutions.filter(({ agent }) => agent === undefined).length,
      forcedLogouts: logouts.filter(({ isForced }) => isForced).length,
    };
    expect(Object.entries(found).filter(([, count]) => count === 0)).toEqual([]);
  });

  test('counts what the payloads say, each event once', () => {
    const rows = rowsOf(originals);
    expect(truth.counts).toEqual(Object.fromEntries(KINDS.map((kind) => [kind, rows.of(kind).length])));
    expect(truth.redeliveries).toBe(arrived.length - originals.length);
    const tally = (list: readonly NormalizedRow[], column: string) =>
      countBy(list, (row) => String(row[column]));
    expect(tally(rows.of('session'), 'channel')).toEqual(
      countBy(truth.sessions, ({ room }) => room.channel.source),
    );
    expect(tally(rows.of('session'), 'is_waiting')).toEqual(
      countBy(truth.sessions, (each) => `${each.isWaiting}`),
    );
    expect(tally(rows.of('resolution'), 'agent_email')).toEqual(
      countBy(truth.resolutions, ({ agent }) => agent?.email ?? ''),
    );
    expect(tally(rows.of('agent-logout'), 'user_id')).toEqual(
      countBy(truth.logouts, ({ agent }) => String(agent.id)),
    );
  });

  test('leaves open what the payloads leave open', () => {
    const rows = rowsOf(originals);
    const lastResolved = new Map<string, string>();
    for (const row of rows.of('resolution'))
      lastResolved.set(`${row.app_id} ${row.room_id}`, row.received_at);
    const open = rows
      .of('session')
      .filter((row) => row.occurred_at > (lastResolved.get(`${row.app_id} ${row.room_id}`) ?? ''))
      .map((row) => `${row.app_id} ${row.room_id} ${row.occurred_at}`);
    const backlog = truth.backlog.map(
      ({ app, room, startedMs }) =>
        `${app} ${room.number} ${new Date(startedMs).toISOString().replace('T', ' ').replace('Z', '')}`,
    );
    expect(backlog.sort()).toEqual(open.sort());
  });
});

function countBy<T>(list: readonly T[], name: (item: T) => string): Record<string, number> {
  const groups = Map.groupBy(list, name);
  return Object.fromEntries([...groups].map(([key, items]) => [key, items.length]));
}
