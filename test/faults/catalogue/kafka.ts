import { setTimeout as pause } from 'node:timers/promises';
import kafkajs from 'kafkajs';
import { eventTopics } from '../../../schemas/topics.ts';
import { quietKafka } from '../../support/kafka-client.ts';
import type { Fault, Stage } from '../trial.ts';

/** Longer than the clients' own time-outs are left to hang, so that those are seen at work too. */
const HANG_MS = { from: 4_000, to: 12_000 };
const LAST_MS = { from: 2_000, to: 5_000 };
const SLOW_MS = 700;

async function asLongAs({ random }: Stage, { from, to } = LAST_MS): Promise<void> {
  await pause(random.int(from, to));
}

const slow: Fault = {
  name: 'Kafka slow',
  inject: async (stage) => {
    const { kafka } = stage.pipeline.proxies;
    kafka.delay(SLOW_MS);
    await asLongAs(stage);
    kafka.delay(0);
  },
};

const hanging: Fault = {
  name: 'Kafka hanging without closing, then going on',
  inject: async (stage) => {
    const { kafka } = stage.pipeline.proxies;
    await kafka.set('hang');
    await asLongAs(stage, HANG_MS);
    await kafka.set('pass');
  },
};

const forgotten: Fault = {
  name: "Kafka's connections dead without a word",
  inject: async ({ pipeline }) => pipeline.proxies.kafka.forget(),
};

const refusing: Fault = {
  name: 'Kafka refusing connections',
  inject: async (stage) => {
    const { kafka } = stage.pipeline.proxies;
    await kafka.set('cut');
    await asLongAs(stage);
    await kafka.set('pass');
  },
};

const full: Fault = {
  name: 'Kafka taking no writes (too few replicas in sync)',
  inject: async (stage) => {
    const { pipeline } = stage;
    await requireReplicas(pipeline.brokers, eventTopics(pipeline.prefix), 2);
    await asLongAs(stage);
    await requireReplicas(pipeline.brokers, eventTopics(pipeline.prefix), 1);
  },
};

const oneTopicFull: Fault = {
  name: 'Kafka taking no writes for one topic',
  inject: async (stage) => {
    const { pipeline, random } = stage;
    const topics = [random.pick(eventTopics(pipeline.prefix))];
    await requireReplicas(pipeline.brokers, topics, 2);
    await asLongAs(stage);
    await requireReplicas(pipeline.brokers, topics, 1);
  },
};

/** One broker cannot satisfy two: it then refuses writes, as a cluster that lost a replica or its disk does. */
async function requireReplicas(brokers: string, topics: string[], count: number): Promise<void> {
  const admin = quietKafka(brokers).admin();
  await admin.connect();
  const configEntries = [{ name: 'min.insync.replicas', value: String(count) }];
  const resources = topics.map((name) => ({ type: kafkajs.ConfigResourceTypes.TOPIC, name, configEntries }));
  await admin.alterConfigs({ validateOnly: false, resources });
  await admin.disconnect();
}

export const KAFKA_FAULTS: readonly Fault[] = [slow, hanging, forgotten, refusing, full, oneTopicFull];
