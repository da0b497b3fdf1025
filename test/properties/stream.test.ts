import fc from 'fast-check';
import { expect, test } from 'vitest';
import { deadLetterId } from '../../consumer/settle/dead-letter.ts';
import { eventTopics } from '../../schemas/topics.ts';
import { sessions } from '../consumer/events.ts';
import { allCommitted, startPath } from '../consumer/setup.ts';
import { undoAfterwards } from '../support/clean-up.ts';
import { eventually } from '../support/eventually.ts';
import { alterTopics, quietKafka } from '../support/kafka.ts';
import { strangeRecord } from './records.ts';
import { LONG_MS, runs } from './runs.ts';

const MOST = 3_000;
const GOOD = 300;

type Path = Awaited<ReturnType<typeof startPath>>;

test(
  'whatever stands in the topics, every good event is stored, everything else is a dead letter, and the process lives on',
  async () => {
    const path = await startPath();
    const { numRuns, seed } = runs(250);
    const strange = fc.sample(strangeRecord, { seed, numRuns: Math.min(numRuns, MOST) });
    const topics = eventTopics(path.prefix);
    // Kafka refuses times in the future unless it is told not to.
    await alterTopics(path.brokers, [...topics, `${path.prefix}dead-letter`], {
      'message.timestamp.after.max.ms': '9223372036854775807',
      'max.message.bytes': '2000000',
    });
    const producer = quietKafka(path.brokers).producer({ allowAutoTopicCreation: false });
    await producer.connect();
    undoAfterwards(() => producer.disconnect());
    allowEmptyHeaders();
    const started = await startTime(path);
    const every = Math.ceil(strange.length / GOOD);

    const places: string[] = [];
    for (const [index, record] of strange.entries()) {
      const number = index / every + 1;
      if (Number.isInteger(number)) await path.publish.events(sessions(number, number));
      // One in eight to the dead letters themselves.
      const topic = index % 8 === 0 ? `${path.prefix}dead-letter` : topics[index % topics.length];
      const [sent] = await producer.send({ topic: String(topic), acks: -1, messages: [record] });
      places.push(`${topic}/${sent?.partition}/${sent?.baseOffset}`);
    }

    const good = Math.ceil(strange.length / every);
    await eventually(async () => expect(await standing(path)).toEqual(expect.arrayContaining(places)), {
      timeoutMs: 120_000,
    });
    await allCommitted(path);
    const demo = "SELECT count() AS n FROM sessions WHERE app_id = 'demo'";
    expect(await path.database.rows(demo)).toEqual([{ n: good }]);
    expect(await startTime(path)).toBe(started);
  },
  LONG_MS,
);

/** Where messages stood that are in `events`, or of which a dead letter tells. */
async function standing({ database, prefix }: Path): Promise<string[]> {
  const places = `SELECT topic || '/' || toString(partition) || '/' || toString(offset) AS place FROM`;
  const found = await database.rows<{ place: string }>(
    `${places} events UNION ALL ${places} dead_letters_rows WHERE topic != ''`,
  );
  const letters = await database.rows<{ id: string }>('SELECT id FROM dead_letters_rows');
  const ids = new Set(letters.map(({ id }) => id));
  const foreign = placesOfForeignLetters(`${prefix}dead-letter`).filter(([id]) => ids.has(id));
  return [...found.map(({ place }) => place), ...foreign.map(([, place]) => place)];
}

/** What is written to the dead letters by others is known there by its own place. */
function placesOfForeignLetters(topic: string): (readonly [string, string])[] {
  const places = [0, 1, 2].flatMap((partition) =>
    Array.from({ length: 2 * MOST }, (_, offset) => [partition, offset] as const),
  );
  return places.map(([partition, offset]) => {
    const message = {
      key: null,
      value: null,
      timestamp: '0',
      attributes: 0,
      headers: {},
      offset: `${offset}`,
    };
    return [deadLetterId(undefined, { topic, partition, message }), `${topic}/${partition}/${offset}`];
  });
}

/** When the consumer's process began: another one would have another time. */
async function startTime({ consumer }: Path): Promise<string | undefined> {
  const text = await (await fetch(`${consumer.url}/metrics`)).text();
  return /^process_start_time_seconds .*$/m.exec(text)?.[0];
}

/** kafkajs can write headers without a value, were it not that it asks for the length of what is not there. */
function allowEmptyHeaders(): void {
  const { byteLength } = Buffer;
  Buffer.byteLength = (value, encoding) => (value === null ? 0 : byteLength(value, encoding));
  undoAfterwards(() => {
    Buffer.byteLength = byteLength;
  });
}
