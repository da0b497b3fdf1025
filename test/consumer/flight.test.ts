import { describe, expect, test } from 'vitest';
import { Flight } from '../../consumer/books/audit/flight.ts';
import type { OutboxState } from '../../consumer/books/audit/outboxes.ts';
import type { StreamState } from '../../consumer/books/audit/stream.ts';

/** Outboxes by name, each with what it has accepted and what of it is published. */
function outboxes(states: Readonly<Record<string, readonly [accepted: number, published: number]>>) {
  return new Map(
    Object.entries(states).map(([outbox, [last_sequence, published_sequence]]): [string, OutboxState] => [
      outbox,
      {
        outbox,
        last_sequence,
        published_sequence,
        accepted: {},
        pending: 0,
        set_aside_total: 0,
        set_aside: [],
      },
    ]),
  );
}

/** The stream with so much written to and settled of its two partitions, and of the topic of dead letters. */
function stream(
  events: readonly number[],
  settled: readonly number[],
  dead = 0,
  deadSettled = 0,
): StreamState {
  const offsets = (each: readonly number[]) => new Map(each.map((offset, index) => [`t/${index}`, offset]));
  return {
    events: { end: offsets(events), committed: offsets(settled) },
    deadLetters: { end: offsets([dead]), committed: offsets([deadSettled]) },
  };
}

const BOTH = outboxes({ 'demo/0': [3, 3], 'demo/1': [5, 5] });
const STILL_IN_ONE = outboxes({ 'demo/0': [3, 3], 'demo/1': [5, 4] });
const SETTLED = stream([4, 4], [4, 4]);
const begun = (trouble?: string) => new Flight({ outboxes: BOTH, trouble });

describe('events have landed', () => {
  test('once every outbox has published them, and the group has settled all of the stream and its dead letters', () => {
    const flight = begun();
    flight.observe(STILL_IN_ONE, SETTLED);
    expect(flight.hasLanded).toBe(false);
    flight.observe(BOTH, stream([4, 4], [4, 3]));
    expect(flight.hasLanded).toBe(false);
    flight.observe(BOTH, stream([4, 4], [4, 4], 2, 1));
    expect(flight.hasLanded).toBe(false);
    flight.observe(BOTH, stream([4, 4], [4, 4], 2, 2));
    expect(flight.hasLanded).toBe(true);
  });

  test('though ever more is accepted, written and set aside meanwhile, and for good', () => {
    const flight = begun();
    flight.observe(BOTH, stream([4, 4], [3, 4]));
    flight.observe(outboxes({ 'demo/0': [9, 3], 'demo/1': [9, 5] }), stream([9, 9], [4, 4], 2, 0));
    expect(flight.hasLanded).toBe(false);
    flight.observe(outboxes({ 'demo/0': [9, 3], 'demo/1': [9, 5] }), stream([9, 9], [4, 4], 9, 2));
    expect(flight.hasLanded).toBe(true);
    flight.observe(new Map(), stream([9, 9], [0, 0], 9, 0));
    expect(flight.hasLanded).toBe(true);
  });

  test('never where an outbox did not answer at first, and not while Kafka or an outbox does not answer', () => {
    const unknown = begun('no answer');
    unknown.observe(BOTH, SETTLED);
    expect(unknown.hasLanded).toBe(false);
    const flight = new Flight({ outboxes: outboxes({ 'demo/0': [0, 0] }), trouble: undefined });
    flight.observe(outboxes({ 'demo/0': [0, 0] }), undefined);
    flight.observe(new Map(), SETTLED);
    expect(flight.hasLanded).toBe(false);
    flight.observe(outboxes({ 'demo/0': [0, 0] }), SETTLED);
    expect(flight.hasLanded).toBe(true);
  });
});

test('how much an outbox had accepted is known of those that answered', () => {
  expect([begun().acceptedBy('demo/1'), begun().acceptedBy('demo/2')]).toEqual([5, undefined]);
});

describe('nobody does anything', () => {
  test('in the outboxes, where none publishes; one that does is enough', () => {
    const flight = begun();
    expect(flight.idle).toBeUndefined();
    flight.observe(STILL_IN_ONE, stream([4, 4], [0, 0]));
    expect(flight.idle).toBeUndefined();
    flight.observe(STILL_IN_ONE, undefined);
    expect(flight.idle).toBeUndefined();
    // The consumer gets on, which is of no use to what is not published.
    flight.observe(STILL_IN_ONE, stream([4, 4], [1, 0]));
    expect(flight.idle).toBe('outboxes');
    flight.observe(outboxes({ 'demo/0': [9, 8], 'demo/1': [5, 4] }), stream([4, 4], [1, 0]));
    expect(flight.idle).toBeUndefined();
  });

  test.each([
    ['events', stream([4, 4], [0, 1], 1)],
    ['dead letters', stream([4, 4], [0, 0], 1, 1)],
    ['both', stream([4, 4], [0, 1], 1, 1)],
  ])('in the consumer, where it settles nothing; %s are enough', (_, later) => {
    const flight = begun();
    const first = stream([4, 4], [0, 0], 1);
    flight.observe(BOTH, first);
    // The outboxes get on, which is of no use to what is published.
    flight.observe(outboxes({ 'demo/0': [9, 8], 'demo/1': [5, 5] }), first);
    expect(flight.idle).toBe('consumer');
    flight.observe(BOTH, later);
    expect(flight.idle).toBeUndefined();
  });

  test('for what has landed, and nothing has to be done', () => {
    const flight = begun();
    flight.observe(BOTH, SETTLED);
    flight.observe(BOTH, stream([4, 4], [4, 4]));
    expect(flight.idle).toBeUndefined();
  });
});
