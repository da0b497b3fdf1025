import { afterAll, beforeAll, expect, test } from 'vitest';
import { FAULTS } from './catalogue/all.ts';
import { Random } from './random.ts';
import { Trial } from './trial.ts';

/** The most telling faults of `npm run test:faults`, each once, on one pipeline while a sender posts and redelivers. */

const SEED = 20;
/** Longer than a trial that does not recover waits before it says so. */
const TIMEOUT_MS = 240_000;

let trial: Trial;

beforeAll(async () => {
  trial = await Trial.start(Random.of(SEED, 'sender'));
});

afterAll(() => trial?.[Symbol.asyncDispose]());

const GUARANTEES = {
  'what was stored and not yet published when the Worker died is published after it':
    'the Worker killed between store and publish',
  'what the broker took without its answer arriving is sent again and counts once':
    "the broker's acks swallowed, then the connections reset",
  'an insert that ClickHouse died in is made again, whole and once':
    'ClickHouse killed in the middle of an insert',
  'connections to Kafka that the network forgot are given up, and nothing with them':
    'Kafka with its connections dead without a word',
  'an event is known again where another number of shards had it':
    'the Worker killed and started with another OUTBOX_SHARDS',
  'what is in an insert does not keep it out for ever':
    '200 sessions of one room, one in each of 200 months, in one lot',
  'ten copies at once are one event': 'the same event posted ten times at once',
};

test.for(Object.entries(GUARANTEES))('%s', { timeout: TIMEOUT_MS }, async ([, name]) => {
  const fault = FAULTS.find((each) => each.name === name);
  if (fault === undefined) throw new Error(`no fault is called "${name}"`);
  const result = await trial.run(fault, Random.of(SEED, name));
  expect(result).toMatchObject({ injected: true, lost: 0, doubled: 0, violations: [] });
});
