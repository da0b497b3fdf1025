import { describe, expect, test } from 'vitest';
import { type Audit, audit, type Witnesses } from '../../consumer/books/audit/audit.ts';
import { exitCode } from '../../consumer/books/audit/exit-code.ts';
import type { Entry, Foreign } from '../../consumer/books/audit/ledger.ts';
import type { OutboxState } from '../../consumer/books/audit/outboxes.ts';
import { inText } from '../../consumer/books/audit/print.ts';
import { inWords, upTo, without } from '../../consumer/books/audit/ranges.ts';
import { foreignPlaces } from '../../consumer/books/foreign/find.ts';

const outbox = (accepted: number, changes: Partial<OutboxState> = {}): OutboxState => ({
  outbox: 'demo/0',
  last_sequence: accepted,
  published_sequence: accepted,
  accepted: { session: accepted },
  pending: 0,
  set_aside_total: 0,
  set_aside: [],
  ...changes,
});

const whole = (expected: number, missing: readonly (readonly [number, number])[] = []): Entry => {
  const ranges = missing.map(([first, last]) => ({ first, last }));
  const absent = ranges.reduce((sum, { first, last }) => sum + last - first + 1, 0);
  return {
    app_id: 'demo',
    outbox: 'demo/0',
    kind: '*',
    expected,
    stored: expected - absent,
    dead_letters: 0,
    dismissed: 0,
    missing: absent,
    missing_sequences: ranges,
    unexpected: 0,
    repeated: 0,
    repeated_sequences: [],
    counted_twice: 0,
  };
};

const refused = (sequence: number) => ({
  sequence,
  id: `${sequence}`.repeat(32),
  kind: 'session',
  bytes: 2_500_000,
  reason: 'MESSAGE_TOO_LARGE',
});

/** How things stand when they are asked for the first time, the second, … and from the last on. */
interface Moment {
  readonly outbox: OutboxState;
  /** Written to the topics of events, settled of it; the same of the topic of dead letters. */
  readonly stream: readonly [end: number, committed: number, deadEnd: number, deadCommitted: number];
  readonly entry: Entry;
  readonly kinds?: readonly Entry[];
  readonly foreign?: Readonly<Record<string, Foreign>>;
}

function watch(moments: readonly Moment[]): Promise<Audit> {
  let looks = 0;
  const now = () => moments[Math.min(looks, moments.length - 1)] as Moment;
  const at = (offset: number) => new Map([['t/0', offset]]);
  const witnesses: Witnesses = {
    outboxes: async () => ({ outboxes: new Map([['demo/0', now().outbox]]), trouble: undefined }),
    stream: async () => {
      const [end, committed, deadEnd, deadCommitted] = now().stream;
      return {
        events: { end: at(end), committed: at(committed) },
        deadLetters: { end: at(deadEnd), committed: at(deadCommitted) },
      };
    },
    ledger: async () => ({
      outboxes: new Map([['demo/0', now().entry]]),
      kinds: now().kinds ?? [],
      foreign: new Map(Object.entries(now().foreign ?? {})),
    }),
  };
  let nowMs = 0;
  const clock = { now: () => nowMs, sleep: async (ms: number) => (nowMs += ms) };
  return audit(witnesses, { waitMs: 700, onWait: () => looks++, clock });
}

describe('an event that is not in ClickHouse', () => {
  test('is in flight while its outbox has not published it', async () => {
    const state = outbox(3, { published_sequence: 2, pending: 1 });
    const found = await watch([{ outbox: state, stream: [2, 2, 0, 0], entry: whole(2) }]);
    expect(found).toMatchObject({
      verdict: 'in-flight',
      lines: [{ in_outbox: 1, on_stream: 0, missing: 0 }, {}],
      troubles: [expect.stringContaining('No outbox published anything meanwhile')],
    });
  });

  test('is in flight without another word while somebody gets on with it', async () => {
    const entry = whole(3, [[2, 2]]);
    const found = await watch([
      { outbox: outbox(3), stream: [3, 0, 0, 0], entry },
      { outbox: outbox(3), stream: [3, 1, 0, 0], entry },
      { outbox: outbox(3), stream: [3, 2, 0, 0], entry },
    ]);
    expect(found).toMatchObject({ verdict: 'in-flight', troubles: [] });
  });

  test('is in flight while the group has not settled what was written by then, or its dead letter', async () => {
    const entry = whole(3, [[2, 2]]);
    const behind = await watch([{ outbox: outbox(3), stream: [3, 1, 0, 0], entry }]);
    expect(behind).toMatchObject({ verdict: 'in-flight', lag: 2, lines: [{ on_stream: 1 }, {}] });
    expect(behind.troubles).toEqual([expect.stringContaining('The consumer settled nothing meanwhile')]);
    const dead = await watch([{ outbox: outbox(3), stream: [3, 3, 1, 0], entry }]);
    expect(dead).toMatchObject({ verdict: 'in-flight', lag: 1 });
  });

  test('is lost once there is nowhere else that it could be, though new events keep coming', async () => {
    const moment = (more: number): Moment => ({
      outbox: outbox(3 + more, { published_sequence: 2 + more, pending: 1 }),
      stream: [3 + more, 2 + more, 0, 0],
      entry: whole(2 + more, [[2, 2]]),
    });
    const found = await watch([moment(0), moment(5), moment(9)]);
    expect(found).toMatchObject({
      verdict: 'unbalanced',
      lines: [{ missing: 1, missing_sequences: [{ first: 2, last: 2 }], on_stream: 0 }, {}],
    });
  });

  test('is neither in flight nor lost when the broker refused it: the books do not balance, and name it', async () => {
    const state = outbox(3, { pending: 1, set_aside_total: 1, set_aside: [refused(2)] });
    const found = await watch([{ outbox: state, stream: [2, 2, 0, 0], entry: whole(3, [[2, 2]]) }]);
    expect(found).toMatchObject({
      verdict: 'unbalanced',
      lines: [{ set_aside: 1, in_outbox: 0, on_stream: 0, missing: 0, unsettled: 0 }, {}],
    });
    expect(inText(found)).toContain(
      `demo/0: refused by Kafka, kept and tried again every hour: 2 (session ${'2'.repeat(32)}, 2500000 bytes, MESSAGE_TOO_LARGE)`,
    );
  });

  test('is counted as refused, though the outbox names the oldest such ones only, and another is still lost', async () => {
    const state = outbox(9, { pending: 3, set_aside_total: 3, set_aside: [refused(2)] });
    const entry = whole(9, [
      [2, 2],
      [4, 6],
    ]);
    const found = await watch([{ outbox: state, stream: [5, 5, 0, 0], entry }]);
    expect(found).toMatchObject({ verdict: 'unbalanced', lines: [{ set_aside: 3, missing: 1 }, {}] });
  });

  test('is where it should be when Kafka has let it through since', async () => {
    const state = outbox(3, { pending: 1, set_aside_total: 1, set_aside: [refused(2)] });
    const found = await watch([{ outbox: state, stream: [3, 3, 0, 0], entry: whole(3) }]);
    expect(found).toMatchObject({ verdict: 'balanced', lines: [{ set_aside: 0, in_outbox: 0 }, {}] });
  });
});

describe('an event that was accepted more than once', () => {
  const again = (counted_twice: number): Moment => ({
    outbox: outbox(3),
    stream: [3, 3, 0, 0],
    entry: { ...whole(3), repeated: 1 },
    kinds: [
      {
        ...whole(3),
        kind: 'session',
        repeated: 1,
        repeated_sequences: [{ first: 3, last: 3 }],
        counted_twice,
      },
    ],
  });

  test('balances, and is named, where its table counts it once', async () => {
    const found = await watch([again(0)]);
    expect(found).toMatchObject({ verdict: 'balanced', lines: [{ repeated: 1 }, { in_table: 2 }] });
    expect(inText(found)).toContain(
      'demo/0: accepted before, under another number or in another outbox: 3 (session). The table of session counts each event once.',
    );
  });

  test('does not balance where its table counts it twice', async () => {
    const found = await watch([again(1)]);
    expect(found).toMatchObject({ verdict: 'unbalanced', lines: [{}, { in_table: 3, counted_twice: 1 }] });
    expect(inText(found)).toContain('The table of session counts 1 of them twice');
  });
});

test('the books balance when facts were made of events that the edge counts as unrecognized', async () => {
  const state = outbox(3, { accepted: { unrecognized: 3 } });
  const kinds = [
    { ...whole(2), kind: 'message' },
    { ...whole(1), kind: 'unrecognized' },
  ];
  const found = await watch([{ outbox: state, stream: [3, 3, 0, 0], entry: whole(3), kinds }]);
  expect(found).toMatchObject({
    verdict: 'balanced',
    lines: [
      {},
      { kind: 'message', accepted: null, in_table: 2 },
      { kind: 'unrecognized', accepted: 3, in_events: 1 },
    ],
  });
});

test('the books balance with dead letters, open or dismissed, and say how many there are', async () => {
  const entry = { ...whole(3), stored: 1, dead_letters: 1, dismissed: 1 };
  const found = await watch([{ outbox: outbox(3), stream: [3, 3, 0, 0], entry }]);
  expect(found).toMatchObject({ verdict: 'balanced', lines: [{ dead_letters: 1, dismissed: 1 }, {}] });
  expect(exitCode(found)).toBe(3);
  expect(inText(found)).toContain(
    'but for 1 that wait as open dead letters (npm run redrive) and 1 whose dead letters were dismissed.',
  );
});

test('an outbox that has accepted less than stands in ClickHouse has lost its storage', async () => {
  const found = await watch([{ outbox: outbox(1), stream: [9, 9, 0, 0], entry: whole(9) }]);
  expect(found).toMatchObject({ verdict: 'unbalanced', lines: [{ lost_storage: true }, {}] });
});

test('what nobody but a stranger can have sent is foreign: no balance, and no other number is moved by it', async () => {
  const entry = whole(3);
  const found = await watch([
    { outbox: outbox(3), stream: [4, 4, 0, 0], entry, foreign: { 'demo/0': { places: 2, counted: 1 } } },
  ]);
  expect(found).toMatchObject({
    verdict: 'unbalanced',
    lines: [{ foreign: 2, accepted: 3, in_events: 3, missing: 0, unexpected: 0, lost_storage: false }, {}],
  });
  expect(inText(found)).toContain('demo/0: 2 foreign: above the 3 that it has accepted');
  expect(inText(found)).toContain('Answers count 1 of them.');
});

test('a foreign dead letter is told, and the books balance: no answer counts it', async () => {
  const foreign = { 'demo/0': { places: 1, counted: 0 } };
  const found = await watch([{ outbox: outbox(3), stream: [4, 4, 0, 0], entry: whole(3), foreign }]);
  expect(found).toMatchObject({ verdict: 'balanced', lines: [{ foreign: 1 }, {}] });
  expect(inText(found)).toContain('They are dead letters, which no answer counts.');
});

test('exit code 0 says that every accepted event is where answers come from', async () => {
  const lines = (await watch([{ outbox: outbox(3), stream: [3, 3, 0, 0], entry: whole(3) }])).lines;
  expect(exitCode({ verdict: 'balanced', lines })).toBe(0);
  expect(exitCode({ verdict: 'unbalanced', lines })).toBe(1);
  expect(exitCode({ verdict: 'unknown', lines })).toBe(2);
  expect(exitCode({ verdict: 'in-flight', lines })).toBe(3);
  const dismissed = await watch([
    { outbox: outbox(3), stream: [3, 3, 0, 0], entry: { ...whole(3), stored: 2, dismissed: 1 } },
  ]);
  expect(exitCode(dismissed)).toBe(0);
});

test('above what an outbox has accepted is foreign, unless its numbers go on where it says that it ended', () => {
  const at = (outbox: string, ...sequences: number[]) => sequences.map((sequence) => ({ outbox, sequence }));
  const accepted = new Map([
    ['a/0', 5],
    ['a/1', 2],
    ['a/2', 0],
  ]);
  const standing = [...at('a/0', 5, 7, 999_999), ...at('a/1', 3, 4, 9), ...at('a/2', 2), ...at('b/0', 8)];
  expect(foreignPlaces(standing, accepted)).toEqual([...at('a/0', 7, 999_999), ...at('a/2', 2)]);
});

test('what looks wrong once and right at the second look is right', async () => {
  const wrong = { ...whole(3), unexpected: 1 };
  const now = { outbox: outbox(3), stream: [3, 3, 0, 0] } as const;
  const found = await watch([
    { ...now, entry: wrong },
    { ...now, entry: whole(3) },
  ]);
  expect(found).toMatchObject({ verdict: 'balanced' });
});

test('ranges are cut, holed and told', () => {
  const ranges = [
    { first: 1, last: 3 },
    { first: 7, last: 7 },
  ];
  expect(upTo(ranges, 2)).toEqual([{ first: 1, last: 2 }]);
  expect(upTo(ranges, 7)).toEqual(ranges);
  expect(without(ranges, [2, 7, 9])).toEqual([
    { first: 1, last: 1 },
    { first: 3, last: 3 },
  ]);
  expect(inWords(ranges)).toBe('1–3, 7');
  expect(inWords(ranges, 1)).toBe('1–3 and 1 ranges more');
});
