import { describe, expect, test } from 'vitest';
import { Flight } from '../../consumer/books/audit/flight.ts';
import { judge } from '../../consumer/books/audit/judge.ts';
import type { Entry, Foreign } from '../../consumer/books/audit/ledger.ts';
import { isWrong, NO_LINE } from '../../consumer/books/audit/line.ts';
import type { OutboxState } from '../../consumer/books/audit/outboxes.ts';
import { splitSetAside } from '../../consumer/books/audit/set-aside.ts';

const state = (outbox: string, last_sequence: number, changes: Partial<OutboxState> = {}): OutboxState => ({
  outbox,
  last_sequence,
  published_sequence: last_sequence,
  accepted: {},
  pending: 0,
  set_aside_total: 0,
  set_aside: [],
  ...changes,
});

const entry = (outbox: string, kind: string, changes: Partial<Entry> = {}): Entry => ({
  app_id: 'demo',
  outbox,
  kind,
  expected: 0,
  stored: 0,
  dead_letters: 0,
  dismissed: 0,
  missing: 0,
  missing_sequences: [],
  unexpected: 0,
  repeated: 0,
  repeated_sequences: [],
  counted_twice: 0,
  ...changes,
});

const refused = (sequence: number) => ({
  sequence,
  id: 'x',
  kind: 'session',
  bytes: 1,
  reason: 'MESSAGE_TOO_LARGE',
});
const range = (first: number, last = first) => ({ first, last });

/** How things stand. */
interface Standing {
  /** As the outboxes were when the audit began, and are still. */
  readonly began?: readonly OutboxState[];
  /** As they are after the ledger was read, where it is not so. */
  readonly after?: readonly OutboxState[];
  readonly entries?: readonly Entry[];
  readonly foreign?: Readonly<Record<string, Foreign>>;
  readonly hasLanded?: boolean;
}

function linesOf({ began = [], after = began, entries = [], foreign = {}, hasLanded = false }: Standing) {
  const byName = (states: readonly OutboxState[]) => new Map(states.map((each) => [each.outbox, each]));
  const flight = new Flight({ outboxes: byName(began), trouble: undefined });
  const nowhere = { end: new Map(), committed: new Map() };
  if (hasLanded) flight.observe(byName(began), { events: nowhere, deadLetters: nowhere });
  const wholes = entries.filter(({ kind }) => kind === '*');
  const ledger = {
    outboxes: new Map(wholes.map((each) => [each.outbox, each])),
    kinds: entries.filter(({ kind }) => kind !== '*'),
    foreign: new Map(Object.entries(foreign)),
  };
  return judge({ flight, outboxes: byName(began), outboxesAfter: byName(after), ledger });
}

describe('the lines', () => {
  test('of an outbox are together, itself first, in the order of names, wherever it is known from', () => {
    const lines = linesOf({
      began: [state('b/0', 1, { accepted: { session: 1 } }), state('a/1', 0)],
      entries: [
        entry('c/0', '*'),
        entry('b/0', '*'),
        entry('c/0', 'message'),
        entry('b/0', 'message'),
        entry('b/0', 'resolution'),
      ],
    });
    expect(lines.map(({ outbox, kind }) => `${outbox} ${kind}`)).toEqual([
      'a/1 *',
      'b/0 *',
      'b/0 message',
      'b/0 resolution',
      'b/0 session',
      'c/0 *',
      'c/0 message',
    ]);
    expect(lines.map(({ accepted }) => accepted)).toEqual([0, 1, null, null, 1, null, null]);
  });

  test('of an outbox of which nothing stands say what it has accepted, and nothing else', () => {
    const began = [state('demo/0', 2, { accepted: { session: 2 }, pending: 2 })];
    expect(linesOf({ began })).toEqual([
      {
        ...NO_LINE,
        outbox: 'demo/0',
        accepted: 2,
        in_outbox: 2,
        on_stream: 0,
        unsettled: 2,
        unsettled_sequences: [range(1, 2)],
      },
      { ...NO_LINE, outbox: 'demo/0', kind: 'session', accepted: 2, in_table: 0 },
    ]);
  });

  test('of an outbox that does not answer say what stands, and not what is accepted, on its way, or lost', () => {
    const entries = [
      entry('demo/0', '*', { expected: 9, stored: 8, missing_sequences: [range(4)] }),
      entry('demo/0', 'session', { expected: 9, stored: 8, missing_sequences: [range(4)] }),
    ];
    const unsettled = { unsettled: 1, unsettled_sequences: [range(4)] };
    expect(linesOf({ entries })).toEqual([
      { ...NO_LINE, outbox: 'demo/0', in_events: 8, ...unsettled },
      { ...NO_LINE, outbox: 'demo/0', kind: 'session', in_events: 9, in_table: 8, ...unsettled },
    ]);
  });
});

describe('what was accepted', () => {
  const began = [state('demo/0', 10, { pending: 5, set_aside_total: 1, set_aside: [refused(7)] })];
  const after = [state('demo/0', 20)];
  const whole = entry('demo/0', '*', {
    expected: 10,
    stored: 5,
    dead_letters: 2,
    dismissed: 1,
    missing_sequences: [range(3), range(7)],
    unexpected: 1,
    repeated: 2,
  });
  const standing = { accepted: 20, in_events: 5, dead_letters: 2, dismissed: 1, unexpected: 1, repeated: 2 };
  const setAside = { set_aside: 1, set_aside_events: [refused(7)] };

  test('stands, is set aside, is lost, or is in the outbox or on the stream: each event is one of these', () => {
    const lost = { missing: 1, missing_sequences: [range(3)], in_outbox: 4, on_stream: 6 };
    expect(linesOf({ began, after, entries: [whole], hasLanded: true })).toEqual([
      { ...NO_LINE, outbox: 'demo/0', ...standing, ...setAside, ...lost },
    ]);
  });

  test('is not lost while it may be on its way', () => {
    const open = { unsettled: 1, unsettled_sequences: [range(3)], in_outbox: 4, on_stream: 7 };
    expect(linesOf({ began, after, entries: [whole] })).toEqual([
      { ...NO_LINE, outbox: 'demo/0', ...standing, ...setAside, ...open },
    ]);
  });

  test('is on its way, too, behind the last that stands; what was accepted later is not judged', () => {
    const entries = [
      entry('demo/0', '*', { expected: 8, stored: 8 }),
      entry('demo/1', '*', { expected: 12, stored: 11, missing_sequences: [range(9), range(12)] }),
      entry('demo/1', 'session', { expected: 12, stored: 11, missing_sequences: [range(9), range(12)] }),
    ];
    const states = [state('demo/0', 10), state('demo/1', 10), state('demo/2', 0)];
    expect(linesOf({ began: states, entries }).map((line) => line.unsettled_sequences)).toEqual([
      [range(9, 10)],
      [range(9)],
      [range(9)],
      [],
    ]);
    expect(
      linesOf({ began: states, entries, hasLanded: true }).map((line) => line.missing_sequences),
    ).toEqual([[range(9, 10)], [range(9)], [range(9)], []]);
  });

  test('and was refused, but is not named, is not lost', () => {
    const full = [state('demo/0', 3, { pending: 2, set_aside_total: 2 })];
    const entries = [entry('demo/0', '*', { expected: 3, stored: 1, missing_sequences: [range(2, 3)] })];
    const [line] = linesOf({ began: full, entries, hasLanded: true });
    expect(line).toMatchObject({
      set_aside: 2,
      missing: 0,
      missing_sequences: [],
      in_outbox: 0,
      on_stream: 0,
    });
  });

  test('is less than what stands where the outbox lost its storage', () => {
    const entries = [entry('demo/0', '*', { expected: 9, stored: 9 })];
    const isLost = (last: number) => linesOf({ began: [state('demo/0', last)], entries })[0]?.lost_storage;
    expect([isLost(8), isLost(9), isLost(10)]).toEqual([true, false, false]);
    expect(linesOf({ began: [state('demo/0', 8)], after: [], entries })[0]?.lost_storage).toBe(false);
  });
});

test('places that no outbox gave out are told with the outbox that they name, also one that nobody else knows', () => {
  const foreign = { 'demo/0': { places: 3, counted: 2 }, 'demo/9': { places: 1, counted: 0 } };
  expect(linesOf({ began: [state('demo/0', 0), state('demo/1', 0)], foreign })).toEqual([
    { ...NO_LINE, outbox: 'demo/0', accepted: 0, in_outbox: 0, on_stream: 0, foreign: 3, foreign_counted: 2 },
    { ...NO_LINE, outbox: 'demo/1', accepted: 0, in_outbox: 0, on_stream: 0 },
    { ...NO_LINE, outbox: 'demo/9', foreign: 1 },
  ]);
});

describe("the rows of a kind's table", () => {
  const rows = (kind: string, changes: Partial<Entry>) =>
    linesOf({ entries: [entry('demo/0', '*'), entry('demo/0', kind, changes)] })[1]?.in_table;

  test('are one for an event, however often it was accepted, those counted twice and those without an event', () => {
    expect(rows('session', { stored: 5 })).toBe(5);
    expect(rows('session', { stored: 5, repeated: 3 })).toBe(2);
    expect(rows('session', { stored: 5, repeated: 3, counted_twice: 1 })).toBe(3);
    expect(rows('session', { stored: 5, repeated: 3, counted_twice: 1, unexpected: 10 })).toBe(13);
    expect(rows('session', { stored: 1, repeated: 3, unexpected: 10 })).toBe(10);
  });

  test('are those of events for what nobody recognizes, one for each acceptance', () => {
    expect(rows('unrecognized', { stored: 5, repeated: 3, unexpected: 10 })).toBe(5);
  });

  test('are told with all that is known of the kind', () => {
    const kind = {
      repeated: 3,
      repeated_sequences: [range(3, 5)],
      counted_twice: 1,
      dead_letters: 6,
      dismissed: 7,
    };
    const entries = [
      entry('demo/0', '*'),
      entry('demo/0', 'session', { ...kind, unexpected: 2, expected: 4 }),
    ];
    expect(linesOf({ entries })[1]).toEqual({
      ...NO_LINE,
      outbox: 'demo/0',
      kind: 'session',
      ...kind,
      unexpected: 2,
      in_events: 4,
      in_table: 2,
    });
  });
});

describe('what the broker refused', () => {
  const split = (names: readonly number[], total = names.length) =>
    splitSetAside(
      [range(3, 5), range(8)],
      state('demo/0', 9, { set_aside: names.map(refused), set_aside_total: total }),
    );

  test('is what does not stand and is named so; what stands by now was let through', () => {
    expect(split([2, 3, 5, 6, 9])).toEqual({
      setAside: 2,
      events: [refused(3), refused(5)],
      others: [range(4), range(8)],
      unnamed: 0,
    });
  });

  test('is counted, too, where it is not named, but is never more than what does not stand', () => {
    expect(split([3], 3)).toEqual({
      setAside: 3,
      events: [refused(3)],
      others: [range(4, 5), range(8)],
      unnamed: 2,
    });
    expect(split([3], 99)).toMatchObject({ setAside: 4, unnamed: 3 });
  });

  test('is nothing where the outbox does not answer', () => {
    const others = [range(3, 5)];
    expect(splitSetAside(others, undefined)).toEqual({ setAside: 0, events: [], others, unnamed: 0 });
  });
});

test.each(['missing', 'unexpected', 'foreign_counted', 'counted_twice', 'set_aside'] as const)(
  'a line with anything %s is wrong, and so is one of an outbox that lost its storage',
  (name) => {
    expect(isWrong(NO_LINE)).toBe(false);
    expect(isWrong({ ...NO_LINE, [name]: 1 })).toBe(true);
    expect(isWrong({ ...NO_LINE, lost_storage: true })).toBe(true);
  },
);

test('a line is not wrong for what waits, repeats itself, was dismissed or is on its way', () => {
  const line = { ...NO_LINE, dead_letters: 1, dismissed: 1, repeated: 1, foreign: 1, unsettled: 1 };
  expect(isWrong(line)).toBe(false);
});
