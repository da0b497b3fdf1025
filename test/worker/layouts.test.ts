import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { Admitted } from '../../worker/admit/admit.ts';
import { type Outboxes, type OutboxObject, store } from '../../worker/outbox/client.ts';
import { KnownLayouts, type RecordObject } from '../../worker/outbox/layout/known-layouts.ts';
import { homesOf, type Layout, outboxNames, shardOf } from '../../worker/outbox/layout/layout.ts';
import { LayoutRecord } from '../../worker/outbox/layout/record.ts';
import { type Limits, Store } from '../../worker/outbox/store.ts';
import { event, idOf } from './outbox-events.ts';
import { sqliteStorage } from './sqlite-storage.ts';

const KEY = 'a room';
const NOW_MS = Date.UTC(2026, 10, 2, 8);
const DEDUP_MS = 1_000_000;
const LIMITS: Limits = { maxBytes: 1_000_000, dedupMs: DEDUP_MS };

let storages: ReturnType<typeof sqliteStorage>[] = [];
function newStorage() {
  const storage = sqliteStorage();
  storages.push(storage);
  return { ...storage, sync: async () => undefined };
}
afterEach(() => {
  vi.restoreAllMocks();
  for (const each of storages) each.close();
  storages = [];
});

describe('where an event is looked for', () => {
  const layout: Layout = {
    generation: 4,
    shards: 5,
    earlier: [
      { shards: 4, endedMs: 900 },
      { shards: 7, endedMs: undefined },
      { shards: 64, endedMs: 800 },
    ],
  };

  test('is where each layout had it whose outboxes may still know it, and each outbox once', () => {
    expect(homesOf('demo', KEY, layout, 800)).toEqual({
      home: `demo/${shardOf(KEY, 5)}`,
      earlier: [...new Set([4, 7, 64].map((shards) => `demo/${shardOf(KEY, shards)}`))].filter(
        (name) => name !== `demo/${shardOf(KEY, 5)}`,
      ),
    });
  });

  test('is nowhere else once all of it is forgotten there', () => {
    const ended = { ...layout, earlier: [{ shards: 64, endedMs: 800 }] };
    expect(homesOf('demo', KEY, ended, 800).earlier).toEqual([`demo/${shardOf(KEY, 64)}`]);
    expect(homesOf('demo', KEY, ended, 801).earlier).toEqual([]);
  });

  test('is not asked about beside its home when every layout has it there', () => {
    const single = { generation: 2, shards: 1, earlier: [{ shards: 1, endedMs: undefined }] };
    expect(homesOf('demo', KEY, single, 0)).toEqual({ home: 'demo/0', earlier: [] });
  });

  test('outboxes of every layout there was are named, forgotten ones too', () => {
    expect(outboxNames('demo', layout)).toHaveLength(64);
    expect(outboxNames('demo', { shards: 2, earlier: [] })).toEqual(['demo/0', 'demo/1']);
  });
});

describe("an app's record", () => {
  let storage: ReturnType<typeof newStorage>;
  let record: LayoutRecord;
  beforeEach(() => {
    storage = newStorage();
    record = new LayoutRecord(storage, () => NOW_MS);
  });

  test('counts a generation for each change and none for a repetition, and outlives its object', async () => {
    expect(await record.layout()).toBeUndefined();
    await record.adopt(4);
    await record.adopt(5);
    await record.adopt(5);
    const again = new LayoutRecord(storage, () => NOW_MS);
    expect(await again.layout()).toEqual({
      generation: 2,
      shards: 5,
      earlier: [{ shards: 4, endedMs: undefined }],
    });
  });

  test('has each number of shards once, also when it comes again', async () => {
    await record.adopt(4);
    await record.adopt(5);
    await record.endEarlier(2);
    expect(await record.adopt(4)).toEqual({
      generation: 3,
      shards: 4,
      earlier: [{ shards: 5, endedMs: undefined }],
    });
    expect(await record.endEarlier(3)).toMatchObject({ earlier: [{ shards: 5, endedMs: NOW_MS }] });
    expect(await record.adopt(5)).toMatchObject({
      generation: 4,
      earlier: [{ shards: 4, endedMs: undefined }],
    });
  });

  test('ends nothing before there is a layout', async () => {
    await expect(record.endEarlier(1)).rejects.toThrow('adopt one first');
  });

  test('ends nothing for the sake of a generation that is past, and nothing twice', async () => {
    await record.adopt(4);
    await record.adopt(5);
    await record.endEarlier(2);
    await record.adopt(6);
    expect((await record.endEarlier(2)).earlier).toEqual([
      { shards: 5, endedMs: undefined },
      { shards: 4, endedMs: NOW_MS },
    ]);
    const later = new LayoutRecord(storage, () => NOW_MS + 5);
    expect((await later.endEarlier(3)).earlier).toEqual([
      { shards: 5, endedMs: NOW_MS + 5 },
      { shards: 4, endedMs: NOW_MS },
    ]);
  });
});

describe('isolates of the Worker', () => {
  const calls: string[] = [];
  let outboxes: Map<string, Store>;
  let record: LayoutRecord;
  let broken: Set<string>;
  let warnings: unknown[];
  beforeEach(() => {
    warnings = [];
    vi.spyOn(console, 'warn').mockImplementation((line: string) => void warnings.push(JSON.parse(line)));
    calls.length = 0;
    outboxes = new Map();
    broken = new Set();
    record = new LayoutRecord(newStorage(), Date.now);
  });

  /** Notes a call and answers it, unless what is called is broken. */
  function called<Result>(name: string, answer: () => Result): Promise<Awaited<Result>> {
    calls.push(name);
    if ([...broken].some((each) => name.startsWith(each))) return Promise.reject(new Error('gone'));
    return Promise.resolve(answer());
  }

  function outbox(name: string): OutboxObject {
    const kept = outboxes.get(name) ?? new Store(newStorage(), LIMITS);
    outboxes.set(name, kept);
    return {
      append: (event, place) =>
        called(`append ${name}`, () => {
          const [appended] = kept.append([{ event, place }], Date.now());
          return appended ?? { outcome: 'full' };
        }),
      recall: (event) => called(`recall ${name}`, () => kept.recall(event)),
      fence: (generation) => called(`fence ${name}`, () => kept.fence(generation)),
    };
  }

  function isolate(shards: number, changes: Partial<RecordObject> = {}): Outboxes {
    const stub: RecordObject = {
      layout: () => called('layout', () => record.layout()),
      adopt: (count) => called('adopt', () => record.adopt(count)),
      endEarlier: (generation) => called('endEarlier', () => record.endEarlier(generation)),
      ...changes,
    };
    return {
      outboxes: { getByName: outbox },
      records: { getByName: () => stub },
      layouts: new KnownLayouts(shards),
      dedupMs: DEDUP_MS,
    };
  }

  const admitted = (name: string, shardKey = KEY): Admitted => ({
    outcome: 'admitted',
    event: event(name, { subject: shardKey, occurredMs: NOW_MS, receivedMs: NOW_MS }).event,
    shardKey,
    problems: [],
  });
  const stored = (name: string, duplicate: boolean) => ({
    outcome: 'stored',
    id: idOf(name),
    kind: 'session',
    duplicate,
    problems: [],
  });

  test('ask the record once, and no other outbox while there was one layout only', async () => {
    const one = isolate(4);
    expect(await store(one, admitted('a'))).toEqual(stored('a', false));
    expect(await store(one, admitted('b'))).toEqual(stored('b', false));
    const home = `append demo/${shardOf(KEY, 4)}`;
    expect(calls).toEqual(['adopt', home, home]);
  });

  test('with other settings, side by side, agree: who is behind is told, and follows', async () => {
    const old = isolate(4);
    const young = isolate(5);
    expect(await store(old, admitted('a'))).toEqual(stored('a', false));
    expect(await store(young, admitted('a'))).toEqual(stored('a', true));
    expect(await store(young, admitted('b'))).toEqual(stored('b', false));
    expect(await store(old, admitted('b'))).toEqual(stored('b', true));
    expect(await record.layout()).toMatchObject({ generation: 2, shards: 5 });
    expect(await store(old, admitted('c'))).toEqual(stored('c', false));
    expect(await store(young, admitted('c'))).toEqual(stored('c', true));
    expect(await record.layout()).toMatchObject({ generation: 2, shards: 5 });
  });

  test('find an event by whichever layout it was kept', async () => {
    // A key that each of the three layouts has in an outbox of its own.
    const shardsOf = (key: string) => new Set([4, 5, 7].map((shards) => shardOf(key, shards)));
    const keys = Array.from({ length: 100 }, (_, at) => `room ${at}`);
    const key = keys.find((each) => shardsOf(each).size === 3) ?? '';
    for (const shards of [4, 5, 7]) {
      expect(await store(isolate(shards), admitted(`of ${shards}`, key))).toEqual(
        stored(`of ${shards}`, false),
      );
    }
    for (const shards of [4, 5, 7]) {
      expect(await store(isolate(7), admitted(`of ${shards}`, key))).toEqual(stored(`of ${shards}`, true));
    }
  });

  test('say that an outbox is full, and ask it no more', async () => {
    const objects = isolate(4);
    const append = vi.fn(async () => ({ outcome: 'full' as const }));
    const outboxes = { getByName: (name: string) => ({ ...outbox(name), append }) };
    expect(await store({ ...objects, outboxes }, admitted('a'))).toEqual({ outcome: 'full' });
    expect(append).toHaveBeenCalledTimes(1);
  });

  test('store nothing while the record, an outbox to fence, or one to ask does not answer', async () => {
    await store(isolate(4), admitted('a'));
    for (const gone of ['adopt', 'fence demo/3', `recall demo/${shardOf(KEY, 4)}`]) {
      broken = new Set([gone]);
      calls.length = 0;
      expect(await store(isolate(7), admitted('b')), gone).toEqual({ outcome: 'unavailable' });
      expect(calls.filter((call) => call.startsWith('append'))).toEqual([]);
      expect(warnings.splice(0)).toEqual(
        [1, 2, 3].map((attempt) => ({
          level: 'warn',
          event: 'outbox-did-not-answer',
          app: 'demo',
          event_id: admitted('b').event.id,
          attempt,
          error: 'Error',
        })),
      );
    }
    broken = new Set();
    expect(await store(isolate(7), admitted('a'))).toEqual(stored('a', true));
    expect(await store(isolate(7), admitted('b'))).toEqual(stored('b', false));
  });

  test('tell what an outbox fails with by its class alone, and what is no error as unknown', async () => {
    const objects = isolate(4);
    for (const [thrown, error] of [
      [new TypeError('secret'), 'TypeError'],
      ['secret', 'unknown'],
    ]) {
      const append = () => Promise.reject(thrown);
      const outboxes = { getByName: (name: string) => ({ ...outbox(name), append }) };
      await store({ ...objects, outboxes }, admitted('a'));
      expect(warnings.splice(0)).toMatchObject(Array(3).fill({ error }));
    }
  });

  test('tell an event whose first answer was lost as new, and a later redelivery of it as a duplicate', async () => {
    const objects = isolate(4);
    let lost = 1;
    const append: OutboxObject['append'] = async (event, place) => {
      const appended = await outbox(`demo/${shardOf(KEY, 4)}`).append(event, place);
      if (lost-- > 0) throw new Error('the answer was lost');
      return appended;
    };
    const outboxes = { getByName: (name: string) => ({ ...outbox(name), append }) };
    expect(await store({ ...objects, outboxes }, admitted('a'))).toEqual(stored('a', false));
    expect(await store({ ...objects, outboxes }, admitted('a'))).toEqual(stored('a', true));
  });

  test('ask an outbox that has too much to do no more', async () => {
    const append = vi.fn(() => Promise.reject(Object.assign(new Error('busy'), { overloaded: true })));
    const outboxes = { getByName: (name: string) => ({ ...outbox(name), append }) };
    expect(await store({ ...isolate(4), outboxes }, admitted('a'))).toEqual({ outcome: 'unavailable' });
    expect(append).toHaveBeenCalledTimes(1);
  });

  test('store nothing while the layout changes under their hands again and again', async () => {
    await store(isolate(4), admitted('a'));
    let shards = 5;
    const unsettled = isolate(5, {
      endEarlier: async (generation) => {
        await record.endEarlier(generation);
        return record.adopt(++shards);
      },
    });
    expect(await store(unsettled, admitted('b'))).toEqual({ outcome: 'unavailable' });
    expect(calls.filter((call) => call.startsWith('append'))).toHaveLength(1);
    expect(warnings).toMatchObject(Array(3).fill({ error: 'UnsettledLayout' }));
    // One more than before each time: with three tries of three layouts each.
    expect(shards).toBe(5 + 3 * 3);
    await expect(unsettled.layouts.of('demo', unsettled)).rejects.toThrow('changes again and again');
  });
});
