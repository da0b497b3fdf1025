import { setTimeout as pause } from 'node:timers/promises';
import type { KafkaMoment } from '../kafka-proxy.ts';
import type { Fault, Stage } from '../trial.ts';
import { acknowledge, at } from './during.ts';

const PRODUCE = { api: 'produce', client: 'outbox' } as const;
const COMMIT = { api: 'offsetCommit', client: 'consumer' } as const;
const STORED_MEANWHILE = 20;

type Victim = keyof Stage['pipeline']['parts'];

/** Kills a part while the proxy before Kafka holds something at a moment. */
function killAtKafka(name: string, moment: Omit<KafkaMoment, 'hold'>, victim: Victim): Fault {
  return {
    name,
    inject: ({ pipeline }) =>
      at(pipeline.proxies.kafka.trap({ ...moment, hold: true }), () => pipeline.parts[victim].kill()),
  };
}

/** Kills a part while the proxy before ClickHouse holds an insert at a moment. */
function killAtInsert(name: string, moment: 'half' | 'answer', victim: Victim): Fault {
  return {
    name,
    inject: ({ pipeline }) =>
      at(pipeline.proxies.clickhouse.trap(moment), () => pipeline.parts[victim].kill()),
  };
}

function reset({ proxies }: Stage['pipeline']): boolean {
  proxies.kafka.reset();
  return true;
}

const betweenStoreAndPublish: Fault = {
  name: 'the Worker killed between store and publish',
  inject: ({ pipeline, sender }) =>
    at(pipeline.proxies.kafka.trap({ ...PRODUCE, at: 'request', hold: true }), async () => {
      // None of these can have gone out: the outboxes' sends are held. A slow shard may still have had one free.
      await acknowledge(sender, STORED_MEANWHILE);
      return pipeline.parts.worker.kill();
    }),
};

const betweenAckAndDelete: Fault = {
  name: "the Worker killed as the broker's ack comes in, before it is noted or just after",
  inject: async ({ pipeline, random }) => {
    const trap = pipeline.proxies.kafka.trap({ ...PRODUCE, at: 'answer', hold: false });
    const afterMs = random.int(0, 4);
    return at(trap, async () => {
      if (afterMs > 0) await pause(afterMs);
      return pipeline.parts.worker.kill();
    });
  },
};

const answersLost: Fault = {
  name: "the broker's acks swallowed, then the connections reset",
  inject: ({ pipeline }) =>
    at(pipeline.proxies.kafka.trap({ ...PRODUCE, at: 'answer', hold: true }), () => reset(pipeline)),
};

const commitAnswerLost: Fault = {
  name: "the commit's answer swallowed, then the connections reset",
  inject: ({ pipeline }) =>
    at(pipeline.proxies.kafka.trap({ ...COMMIT, at: 'answer', hold: true }), () => reset(pipeline)),
};

const betweenEventAndFact: Fault = {
  name: 'the consumer killed between the events and their facts',
  inject: ({ pipeline }) => {
    const isFact = ({ table }: { table: string }) => !table.includes('events_rows');
    return at(pipeline.proxies.clickhouse.trap('request', isFact), () => pipeline.parts.consumer.kill());
  },
};

export const SEND_MOMENTS: readonly Fault[] = [
  betweenStoreAndPublish,
  killAtKafka("the Worker killed between send and the broker's ack", { ...PRODUCE, at: 'answer' }, 'worker'),
  killAtKafka("Kafka killed between send and the broker's ack", { ...PRODUCE, at: 'answer' }, 'kafka'),
  betweenAckAndDelete,
  answersLost,
];

export const INSERT_MOMENTS: readonly Fault[] = [
  killAtKafka('the consumer killed between insert and commit', { ...COMMIT, at: 'request' }, 'consumer'),
  killAtKafka('Kafka killed between insert and commit', { ...COMMIT, at: 'request' }, 'kafka'),
  commitAnswerLost,
  killAtInsert('the consumer killed between the insert and its answer', 'answer', 'consumer'),
  killAtInsert('ClickHouse killed between the insert and its answer', 'answer', 'clickhouse'),
  killAtInsert('the consumer killed in the middle of an insert', 'half', 'consumer'),
  killAtInsert('ClickHouse killed in the middle of an insert', 'half', 'clickhouse'),
  betweenEventAndFact,
];
