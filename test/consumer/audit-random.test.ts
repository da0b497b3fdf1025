import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { StreamEvent } from '../../schemas/event.ts';
import type { Kind } from '../../schemas/webhooks.ts';
import { freshDatabase } from '../support/clickhouse.ts';
import { byHand } from './by-hand.ts';
import { event, RECEIVED_MS, sample } from './events.ts';

const DAY_MS = 86_400_000;
const APPS = 80;
const SHARDS = 2;
const EVENTS = 5;

/** What became of an event: its fact stands, is lost, or it is a dead letter. */
type State = 'whole' | 'lost' | 'dead';

/** What an app sent: events, and what its outboxes accepted of them, one a day; accepted again, it is a redelivery. */
interface App {
  readonly events: readonly {
    readonly kind: 'session' | 'resolution' | 'unrecognized';
    readonly state: State;
  }[];
  readonly accepted: readonly { readonly shard: number; readonly event: number; readonly isLost: boolean }[];
}

const someApp: fc.Arbitrary<App> = fc.record({
  events: fc.array(
    fc.record({
      kind: fc.constantFrom('session' as const, 'resolution' as const, 'unrecognized' as const),
      state: fc.constantFrom<State>('whole', 'whole', 'lost', 'dead'),
    }),
    { minLength: EVENTS, maxLength: EVENTS },
  ),
  accepted: fc.array(
    fc.record({
      shard: fc.nat(SHARDS - 1),
      event: fc.nat(EVENTS - 1),
      isLost: fc.integer({ min: 0, max: 9 }).map((number) => number === 0),
    }),
    { minLength: 1, maxLength: 12 },
  ),
});

/** One acceptance, with its number and what the audit should say of it. */
interface Acceptance {
  readonly event: StreamEvent;
  readonly state: State;
  readonly isLost: boolean;
  readonly isRepeated: boolean;
}

function acceptances(app: App, name: string): Acceptance[] {
  const lastOf = new Map<number, number>();
  const seen = new Set<number>();
  return app.accepted.flatMap(({ shard, event: index, isLost }, day) => {
    const what = app.events[index];
    if (what === undefined) return [];
    const sequence = (lastOf.get(shard) ?? 0) + 1;
    lastOf.set(shard, sequence);
    const isRepeated = seen.has(index);
    if (!isLost) seen.add(index);
    const receivedMs = RECEIVED_MS + day * DAY_MS;
    const { kind } = what;
    const stored = event(kind, kind === 'unrecognized' ? '{}' : sample(kind), sequence, {
      app: name,
      outbox: `${name}/${shard}`,
      id: `${name}f${index}`.padEnd(32, '0'),
      receivedMs,
      // A session tells its time itself; a resolution's is that of its receipt.
      occurredMs: kind === 'session' ? RECEIVED_MS : receivedMs,
    });
    return [{ event: stored, state: what.state, isLost, isRepeated }];
  });
}

/** What the view `audit` must say, by outbox and kind. */
function expected(all: readonly Acceptance[]) {
  const lines = Map.groupBy(
    all.filter(({ isLost }) => !isLost),
    ({ event: { outbox, kind } }) => `${outbox} ${kind}`,
  );
  return [...lines].map(([line, standing]) => {
    const { kind } = standing[0]?.event ?? { kind: 'session' satisfies Kind };
    const inState = (state: State) =>
      kind === 'unrecognized' ? [] : standing.filter((acceptance) => acceptance.state === state);
    const repeated = standing.filter(({ isRepeated }) => isRepeated);
    return {
      line,
      expected: standing.length,
      dead_letters: inState('dead').length,
      missing: numbers(inState('lost')),
      repeated: numbers(repeated),
      counted_twice: kind === 'resolution' ? repeated.filter(({ state }) => state === 'whole').length : 0,
      unexpected: 0,
    };
  });
}

const numbers = (acceptances: readonly Acceptance[]) =>
  acceptances.map(({ event: { sequence } }) => sequence);

const FOUND = `
  SELECT concat(outbox, ' ', kind) AS line, expected, dead_letters, unexpected, counted_twice,
    arrayFlatten(arrayMap(gap -> range(gap.1, gap.2 + 1), missing_sequences)) AS missing,
    arrayFlatten(arrayMap(gap -> range(gap.1, gap.2 + 1), repeated_sequences)) AS repeated
  FROM audit WHERE kind != '*' ORDER BY line`;

test('whatever is accepted again, lost or a dead letter, the audit names just that, before and after all is merged', {
  tags: 'long',
}, async () => {
  const database = await freshDatabase();
  const put = byHand(database);
  const seed = Math.trunc(Math.random() * 2 ** 31);
  const all = fc
    .sample(someApp, { numRuns: APPS, seed })
    .map((app, index) => acceptances(app, `a${String(index).padStart(3, '0')}`));
  const stored = all.flat().filter(({ isLost }) => !isLost);
  const ofState = (wanted: State) => stored.filter(({ state }) => state === wanted).map(({ event }) => event);
  // In two inserts each, so that there is something to merge.
  for (const half of [0, 1]) {
    const part = (events: readonly StreamEvent[]) => events.filter((_, index) => index % 2 === half);
    await put.whole(part(ofState('whole')));
    await put.withoutFacts(part([...ofState('lost'), ...ofState('dead')]));
    await put.dead(part(ofState('dead').filter(({ kind }) => kind !== 'unrecognized')));
  }
  const should = all.flatMap(expected).sort((one, other) => (one.line < other.line ? -1 : 1));
  expect(await database.rows(FOUND), `seed ${seed}`).toEqual(
    should.map((line) => expect.objectContaining(line)),
  );
  for (const table of ['events_rows', 'sessions_rows', 'resolutions_rows', 'dead_letters_rows']) {
    await database.client.command({ query: `OPTIMIZE TABLE ${table} FINAL` });
  }
  expect(await database.rows(FOUND), `seed ${seed}, merged`).toEqual(
    should.map((line) => expect.objectContaining(line)),
  );
});
