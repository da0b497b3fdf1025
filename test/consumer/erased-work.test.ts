import { pino } from 'pino';
import { beforeEach, expect, test } from 'vitest';
import type { ErasureSource } from '../../consumer/persist/erasures.ts';
import { prepare } from '../../consumer/prepare.ts';
import { ErasedWork } from '../../consumer/settle/erased-work.ts';
import { type StreamEvent, toMessage } from '../../schemas/event.ts';
import { event, sessions } from './events.ts';

const DEAD_LETTERS = 'q.dead-letter';
const LEFT = '{"erased":true,"payload":{"room":{"id":"1"}}}';
const never = new AbortController().signal;

let erasures: Map<string, string>;
let nowMs: number;
let failures: number;
let asked: string[];
let work: ErasedWork;
beforeEach(() => {
  [erasures, nowMs, failures, asked] = [new Map(), 0, 0, []];
  const source: ErasureSource = {
    count: async () => {
      asked.push('count');
      if (failures-- > 0) throw new Error('ClickHouse is away');
      return erasures.size;
    },
    ids: async () => {
      asked.push('ids');
      return [...erasures.keys()];
    },
    payloads: async (ids) => new Map(ids.map((id) => [id, erasures.get(id) ?? ''])),
  };
  const log = pino({ level: 'silent' });
  work = new ErasedWork({ source, deadLetterTopic: DEAD_LETTERS, log, nowMs: () => nowMs });
});

function worksOf(events: readonly StreamEvent[]) {
  return events.map((each) => {
    const { key, value, headers } = toMessage(each);
    const message = {
      key: Buffer.from(key),
      value: Buffer.from(value),
      headers,
      timestamp: '0',
      attributes: 0,
    };
    const source = { topic: 'q.session', partition: 0, message: { ...message, offset: `${each.sequence}` } };
    return { work: prepare(source, DEAD_LETTERS) };
  });
}
const textOf = (works: readonly { readonly work: ReturnType<typeof prepare> }[]) =>
  works.map((each) => Buffer.concat(each.work.rows.map(({ bytes }) => bytes)).toString());

test('where nobody was erased, works stay the same, and ClickHouse is asked once in two seconds', async () => {
  const works = worksOf(sessions(1, 3));
  for (nowMs = 0; nowMs < 2_000; nowMs += 100) expect(await work.applied(works, never)).toBe(works);
  expect(asked).toEqual(['count']);
  await work.applied(works, never);
  expect(asked).toEqual(['count', 'count']);
});

test('an erased event is stored as what is left of it, as soon as two seconds after it was erased, and no other is touched', async () => {
  const events = sessions(1, 3);
  const works = worksOf(events);
  await work.applied(works, never);
  erasures.set(events[1]?.id ?? '', LEFT);
  nowMs = 2_000;
  const applied = await work.applied(works, never);
  expect([applied[0], applied[2]]).toEqual([works[0], works[2]]);
  const [, erased = ''] = textOf(applied);
  expect(erased).toContain(LEFT);
  expect(erased).not.toMatch(/john doe|Halo|628/);
  expect(applied[1]?.work.event).toEqual(works[1]?.work.event);
  expect(applied[1]?.work.rows).toHaveLength(2);
});

test('it is told of events whether any of them was erased, by what was known two seconds ago', async () => {
  const [first, second] = sessions(1, 2).map(({ id }) => id);
  const ids = [first ?? '', second ?? ''];
  expect(await work.hasAny(ids, never)).toBe(false);
  erasures.set(ids[1] ?? '', LEFT);
  nowMs = 2_000;
  expect(await work.hasAny(ids, never)).toBe(true);
  expect(await work.hasAny(ids.slice(0, 1), never)).toBe(false);
});

test('while ClickHouse does not tell, nothing goes on; a stay that is over is not waited for', async () => {
  const works = worksOf([event('unrecognized', '{"a":1}')]);
  erasures.set(works[0]?.work.event?.id ?? '', '{"erased":true}');
  failures = 3;
  const [erased] = textOf(await work.applied(works, never));
  expect(erased).toContain('{"erased":true}');
  expect(asked.filter((each) => each === 'count')).toHaveLength(4);
  failures = Number.POSITIVE_INFINITY;
  nowMs = 10_000;
  expect(await work.applied(works, AbortSignal.timeout(50))).toBe(works);
});
