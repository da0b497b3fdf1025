import fc from 'fast-check';
import { expect, test } from 'vitest';
import { keepBooks } from '../../consumer/books/pages/keep.ts';
import type { StreamEvent } from '../../schemas/event.ts';
import { type Database, freshDatabase } from '../support/clickhouse.ts';
import { compared, createOracle } from './books-oracle.ts';
import { byHand } from './by-hand.ts';
import { event, RECEIVED_MS, sample } from './events.ts';

const PAGE = 16_384;
const STEPS = 12;

/** An event of one of two outboxes, about the edges of pages; few ids, so that some are accepted again. */
interface Sent {
  readonly shard: number;
  readonly sequence: number;
  readonly id: number;
  readonly hour: number;
}

const someSequence = fc.oneof(
  fc.integer({ min: 1, max: 9 }),
  fc.integer({ min: PAGE - 3, max: PAGE + 3 }),
  fc.integer({ min: 3 * PAGE - 2, max: 3 * PAGE + 1 }),
);
const someSent: fc.Arbitrary<Sent> = fc.record({
  shard: fc.nat(1),
  sequence: someSequence,
  // As a rule an event has an id of its own.
  id: fc.oneof({ weight: 5, arbitrary: fc.integer({ min: 100, max: 999_999 }) }, fc.nat(5)),
  hour: fc.nat(900),
});

type Step =
  | { readonly do: 'whole' | 'withoutFacts' | 'factsAlone' | 'dead'; readonly sent: readonly Sent[] }
  | { readonly do: 'again' | 'seal' | 'merge' | 'swap' | 'erase' | 'upgrade' }
  | { readonly do: 'delete' | 'foreign' | 'dismiss'; readonly sequence: number };

const some = fc.array(someSent, { minLength: 1, maxLength: 8 });
const someStep: fc.Arbitrary<Step> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ do: fc.constant('whole' as const), sent: some }) },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constantFrom('withoutFacts' as const, 'factsAlone' as const, 'dead' as const),
      sent: some,
    }),
  },
  { weight: 4, arbitrary: fc.record({ do: fc.constant('seal' as const) }) },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constantFrom('again', 'merge', 'swap', 'erase', 'upgrade'),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constantFrom('delete' as const, 'foreign' as const, 'dismiss' as const),
      sequence: someSequence,
    }),
  },
);

/** As an outbox gives its numbers out that has not lost its storage: what is under one is always the same event. */
function steady({ shard, sequence }: Sent): Sent {
  const place = shard * 4 * PAGE + sequence;
  const mixed = Math.imul(place, 2_654_435_761) >>> 0;
  return { shard, sequence, id: mixed % 5 === 0 ? mixed % 7 : 100 + place, hour: mixed % 900 };
}

function eventOf(app: string, { shard, sequence, id, hour }: Sent): StreamEvent {
  const kind = (['session', 'resolution', 'unrecognized'] as const)[id % 3] ?? 'session';
  const receivedMs = RECEIVED_MS + hour * 3_600_000 + sequence;
  return event(kind, kind === 'unrecognized' ? '{}' : sample(kind), sequence, {
    app,
    outbox: `${app}/${shard}`,
    id: `${app}e${id}`.padEnd(32, '0'),
    receivedMs,
    occurredMs: kind === 'session' ? RECEIVED_MS : receivedMs,
  });
}

const TABLES = ['events_rows', 'sessions_rows', 'resolutions_rows', 'dead_letters_rows'];

const BOOKS = ['book_pages', 'event_numbers', 'event_ids', 'book_seals', 'repeated_ids', 'book_tables'];

/** Whoever changes rows otherwise than by inserts; the books follow when they are kept. */
const CHANGES: Readonly<Record<'merge' | 'swap' | 'erase' | 'upgrade', readonly string[]>> = {
  merge: TABLES.map((table) => `OPTIMIZE TABLE ${table} FINAL`),
  swap: [
    'CREATE TABLE sessions_shadow AS sessions_rows',
    'INSERT INTO sessions_shadow SELECT * FROM sessions_rows FINAL WHERE sequence % 5 != 0',
    'EXCHANGE TABLES sessions_rows AND sessions_shadow',
    'DROP TABLE sessions_shadow',
  ],
  erase: [
    "ALTER TABLE sessions_rows UPDATE customer_name = '' WHERE 1",
    'INSERT INTO events_rows SELECT * REPLACE (\'{"erased":true}\' AS payload) FROM events_rows WHERE sequence % 3 = 0',
    'ALTER TABLE events_rows DELETE WHERE sequence % 3 = 0 AND payload != \'{"erased":true}\'',
  ],
  // Rows that were there before the books.
  upgrade: BOOKS.map((table) => `TRUNCATE TABLE ${table}`),
};

async function run(
  database: Database,
  app: string,
  steps: readonly Step[],
  given: (sent: Sent) => Sent,
): Promise<void> {
  const put = byHand(database);
  const command = (query: string, params = {}) =>
    database.client.command({
      query,
      query_params: params,
      clickhouse_settings: { mutations_sync: '2', max_partitions_per_insert_block: '0' },
    });
  const sent: StreamEvent[] = [];
  for (const step of steps) {
    if ('sent' in step) {
      const events = step.sent.map((each) => eventOf(app, given(each)));
      sent.push(...events);
      // What nobody recognizes has no fact, and no dead letter of its normalizer.
      await put[step.do](step.do === 'dead' ? events.filter(({ kind }) => kind !== 'unrecognized') : events);
    } else if (step.do === 'again') await put.whole(sent.toReversed());
    else if (step.do === 'seal') await keepBooks(database.client, { quietMs: 0 });
    else if (step.do === 'delete') {
      await command('ALTER TABLE resolutions_rows DELETE WHERE sequence = {n:UInt64}', { n: step.sequence });
      await command('ALTER TABLE events_rows DELETE WHERE sequence = {n:UInt64}', { n: step.sequence + 1 });
    } else if (step.do === 'foreign') {
      await command(
        'INSERT INTO foreign_places VALUES ({outbox:String}, {n:UInt64}, {n:UInt64} % 3 != 0, now64(3))',
        { outbox: `${app}/0`, n: step.sequence },
      );
    } else if (step.do === 'dismiss') {
      await command(
        `INSERT INTO dead_letter_dismissals SELECT id, failed_at, now64(3), 'a test', 'for it' FROM dead_letters
         WHERE offset = {n:UInt64}`,
        { n: step.sequence },
      );
    } else for (const query of CHANGES[step.do]) await command(query);
    if (['delete', 'swap', 'erase', 'upgrade'].includes(step.do))
      await keepBooks(database.client, { quietMs: 1e6 });
    const { found, expected } = await compared(database);
    expect(found, JSON.stringify(step)).toEqual(expected);
  }
}

test.each([
  ['that an outbox gave out once', steady],
  ['that an outbox gave out again when it had lost its storage', (sent: Sent) => sent],
])(
  'the books by pages say of numbers %s what their definition says of all rows, after whatever is done to these',
  { tags: 'long', timeout: 240_000 },
  async (_, given) => {
    const database = await freshDatabase();
    await createOracle(database);
    const seed = Number(process.env.SEED ?? Math.trunc(Math.random() * 2 ** 31));
    const steps = fc.array(someStep, { minLength: STEPS, maxLength: STEPS });
    for (const each of fc.sample(steps, { numRuns: 1, seed })) {
      await run(database, 'a', each, given).catch((error: Error) => {
        error.message = `seed ${seed}: ${error.message}`;
        throw error;
      });
    }
  },
);
