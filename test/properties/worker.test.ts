import fc from 'fast-check';
import { expect, test } from 'vitest';
import { freshDatabase } from '../support/clickhouse.ts';
import { startConsumer } from '../support/consumer.ts';
import { eventually } from '../support/eventually.ts';
import { createTopics, uniquePrefix } from '../support/kafka.ts';
import { sharedBrokers } from '../support/shared.ts';
import { startWorker } from '../support/worker.ts';
import { post } from './post.ts';
import { type Attempt, attempt } from './requests.ts';
import { LONG_MS, runs } from './runs.ts';

const AT_ONCE = 16;
const MOST = 20_000;

test(
  'whatever got 202 is found again in ClickHouse byte for byte but for its secrets, and nothing gets a 5xx',
  async () => {
    const prefix = uniquePrefix();
    const [brokers, database] = await Promise.all([sharedBrokers(), freshDatabase(), createTopics(prefix)]);
    const worker = await startWorker({ topicPrefix: prefix, brokers });
    const { numRuns, seed } = runs(600);

    const stored = new Map<string, string | undefined>();
    await inTurns(fc.sample(attempt, { seed, numRuns: Math.min(numRuns, MOST) }), async (each) => {
      const { status, id, duplicate } = await post(worker.webhookUrl, each);
      expect(status, `${describeAttempt(each)} (PROPERTY_SEED=${seed})`).toBe(each.status);
      if (id !== undefined && !duplicate) stored.set(id, each.payload);
    });

    await startConsumer({ topicPrefix: prefix, brokers, clickHouseUrl: database.url });
    const found = await eventually(
      async () => {
        const rows = await database.rows<{ event_id: string; payload: string }>(
          'SELECT event_id, payload FROM events',
        );
        expect(rows.length).toBe(stored.size);
        return new Map(rows.map(({ event_id: id, payload }) => [id, payload]));
      },
      { timeoutMs: 120_000 },
    );
    for (const [id, payload] of stored) expect(found.get(id)).toBe(payload ?? found.get(id));
    expect([...found.keys()].sort()).toEqual([...stored.keys()].sort());
    expect(await database.rows('SELECT * FROM dead_letters')).toEqual([]);
  },
  LONG_MS,
);

/** Does something with each of a list, a few at a time. */
async function inTurns<T>(list: readonly T[], work: (each: T) => Promise<void>): Promise<void> {
  const left = list.values();
  const takeTurns = async () => {
    for (const each of left) await work(each);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, takeTurns));
}

function describeAttempt({ bytes, headers, isChunked }: Attempt): string {
  return `${JSON.stringify(headers)} ${isChunked ? 'in chunks' : ''} ${Buffer.from(bytes).toString('latin1')}`;
}
