import { ClickHouseError } from '@clickhouse/client';
import { type EachBatchPayload, Partitioners } from 'kafkajs';
import { describe, expect, test } from 'vitest';
import { firstFailure } from './guarantees.ts';
import { type ConsumerVariant, ConsumerWorld } from './world/consumer-world.ts';
import { kafkaClient } from './world/kafka-client.ts';
import type { Simulation } from './world/simulation.ts';
import { MESSAGES } from './world/stream.ts';
import { shuffleLeaders } from './world/weather.ts';

/** Many dead letters, whose partitions move from broker to broker between two tries of one send. */
const MOVED_LETTERS: ConsumerVariant = {
  facts: { ...MESSAGES, chance: 0.2 },
  trouble: shuffleLeaders,
};

/** The consumer with one thing broken in each: a simulation that did not notice would prove nothing. */
const BROKEN: Record<string, ConsumerVariant> = {
  'the offset moves before the insert': {
    eachBatch: async (payload, handle) => {
      const { topic, partition, lastOffset } = payload.batch;
      const offset = String(Number(lastOffset()) + 1);
      await payload.commitOffsetsIfNecessary({ topics: [{ topic, partitions: [{ partition, offset }] }] });
      await handle(payload);
    },
  },
  'the insert is not waited for': {
    insert:
      (insert) =>
      async (...rows) =>
        void insert(...rows).catch(() => undefined),
  },
  'an insert that failed is not sent again': {
    insert:
      (insert) =>
      (...rows) =>
        insert(...rows).catch(() => undefined),
  },
  'rows are written over those that wait': {
    memory: () => {
      const only = Buffer.alloc(20_000);
      const take = (bytes: number) => (bytes > only.length ? Buffer.alloc(bytes) : only);
      return { lease: () => ({ take, end: () => undefined }) };
    },
  },
  'the dead letter is not waited for': {
    producer: (kafka) => {
      const producer = kafkaClient(kafka, { retries: 0 }).producer({
        createPartitioner: Partitioners.DefaultPartitioner,
      });
      const send: typeof producer.send = async (record) => {
        const sent = producer.connect().then(() => producer.send(record));
        sent.catch(() => undefined);
        return [];
      };
      return { connect: async () => undefined, send };
    },
  },
  'kafkajs sends dead letters again by itself': {
    producer: (kafka) =>
      kafkaClient(kafka, { initialRetryTime: 200, maxRetryTime: 3_000, retries: 5 }).producer({
        createPartitioner: Partitioners.DefaultPartitioner,
      }),
    ...MOVED_LETTERS,
  },
  'the offset moves to what was read, not to what stands': {
    eachBatch: (payload, handle) => handle(committingWhatWasRead(payload)),
  },
  'an outage is taken for a row that nothing will mend': {
    insert:
      (insert) =>
      (...rows) =>
        insert(...rows).catch(() => {
          throw new ClickHouseError({ code: '6', type: 'CANNOT_PARSE_TEXT', message: 'refused' });
        }),
  },
  'a table that refuses is taken for a ClickHouse that is away': {
    answers: async () => false,
  },
};

const read = new Map<string, number>();

function committingWhatWasRead(payload: EachBatchPayload): EachBatchPayload {
  const placeOf = (topic: string, partition: number) => `${topic}/${partition}`;
  return {
    ...payload,
    resolveOffset: (offset) => {
      read.set(placeOf(payload.batch.topic, payload.batch.partition), Number(offset) + 1);
      payload.resolveOffset(offset);
    },
    commitOffsetsIfNecessary: (given) =>
      payload.commitOffsetsIfNecessary({
        topics: (given?.topics ?? []).map(({ topic, partitions }) => ({
          topic,
          partitions: partitions.map(({ partition, offset }) => ({
            partition,
            offset: String(read.get(placeOf(topic, partition)) ?? offset),
          })),
        })),
      }),
  };
}

describe('the simulation notices when', () => {
  test.each(Object.entries(BROKEN))('%s', async (_, variant) => {
    const scenario = { name: 'consumer', create: (sim: Simulation) => new ConsumerWorld(sim, variant) };
    expect(await firstFailure(scenario)).toMatch(/^Violation: /);
  });
});

test('where nothing is broken, dead letters whose partitions move break nothing', async () => {
  const scenario = { name: 'consumer', create: (sim: Simulation) => new ConsumerWorld(sim, MOVED_LETTERS) };
  expect(await firstFailure(scenario, 100)).toBeUndefined();
});
