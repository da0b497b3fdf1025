import { Partitioners, type Producer, type ProducerConfig } from 'kafkajs';
import { describe, expect, test } from 'vitest';
import type { DurableStorage, KeeperPorts } from '../../worker/outbox/keeper.ts';
import { firstFailure } from './guarantees.ts';
import { OutboxWorld, RECORD, type Variant } from './world/outbox-world.ts';
import type { Simulation } from './world/simulation.ts';
import { repeat, shuffleLeaders } from './world/weather.ts';

/** What nobody waits for may come late, in the world's own time. */
const LATE_MS = 2_000;

/** The outbox with one thing broken in each: a simulation that did not notice would prove nothing. */
const BROKEN: Record<string, Variant> = {
  'the answer does not wait until the event is durable': {
    ports: withStorage(() => ({ sync: async () => undefined })),
  },
  'no alarm is set': { ports: withStorage(() => ({ setAlarm: async () => undefined })) },
  'a transaction that failed half-way is not taken back': {
    ports: withStorage(() => ({ transactionSync: (work) => work() })),
  },
  "the body is dropped before the broker's ack": {
    sender: (sender) =>
      sent(sender, async (events) => {
        sender.send(events).catch(() => sender.discard());
      }),
  },
  'a send that failed counts as sent': {
    sender: (sender) => sent(sender, (events) => sender.send(events).catch(() => undefined)),
  },
  'the producer is kept after a send that failed': {
    sender: (sender) =>
      sent(
        sender,
        (events) => sender.send(events),
        () => undefined,
      ),
  },
  'two batches are sent at a time': {
    sender: (sender) =>
      sent(sender, async (events) => {
        const half = Math.ceil(events.length / 2);
        const halves = [events.slice(half), events.slice(0, half)].filter((each) => each.length > 0);
        await Promise.all(halves.map((each) => sender.send(each)));
      }),
  },
  'each isolate goes by its own number of shards': {
    stub: (stub) => ({
      ...stub,
      adopt: async (shards) => ({ generation: 1, shards, earlier: [] }),
      layout: async () => undefined,
    }),
  },
  'the outboxes of earlier layouts are not asked': {
    stub: (stub) => ({ ...stub, recall: async () => undefined }),
  },
  'the outboxes of earlier layouts are not fenced': {
    stub: (stub) => ({ ...stub, fence: async () => undefined }),
  },
  'the fences are not waited for': {
    stub: (stub) => ({
      ...stub,
      fence: async (generation) =>
        void setTimeout(() => stub.fence(generation).catch(() => undefined), LATE_MS),
    }),
    trouble: redeploy,
  },
  'a layout is told before it is durable': {
    ports: (ports, object) =>
      object.endsWith(RECORD) ? withStorage(() => ({ sync: async () => undefined }))(ports) : ports,
    trouble: redeployWithDeaths,
  },
  'an answer for one partition counts for all': {
    client: (client) => ({ producer: trusting(client) }),
    trouble: shuffleLeaders,
  },
};

/** Isolates come with other numbers of shards five times a second. */
function redeploy(sim: Simulation, { edge }: OutboxWorld, untilMs: number): void {
  repeat(sim, 200, untilMs, () => edge.deploy(1));
}

/** … and the records of layouts die all the time, before what they write slowly stands. */
function redeployWithDeaths(sim: Simulation, world: OutboxWorld, untilMs: number): void {
  redeploy(sim, world, untilMs);
  repeat(sim, 100, untilMs, () => {
    const records = [...world.hosts.values()].filter(({ name }) => name.endsWith(RECORD));
    for (const record of records) {
      record.die();
      record.disk.faults.slow = 0.5;
    }
  });
}

describe('the simulation notices when', () => {
  test.each(Object.entries(BROKEN))('%s', async (_name, variant) => {
    const scenario = { name: 'outbox', create: (sim: Simulation) => new OutboxWorld(sim, variant) };
    expect(await firstFailure(scenario)).toMatch(/^Violation: /);
  });
});

test.each(Object.entries({ redeployWithDeaths, shuffleLeaders }))(
  'where nothing is broken, %s breaks nothing',
  async (_name, trouble) => {
    const scenario = { name: 'outbox', create: (sim: Simulation) => new OutboxWorld(sim, { trouble }) };
    expect(await firstFailure(scenario, 100)).toBeUndefined();
  },
);

function withStorage(change: (storage: DurableStorage) => Partial<DurableStorage>) {
  return (ports: KeeperPorts): KeeperPorts => ({
    ...ports,
    storage: { ...ports.storage, ...change(ports.storage) },
  });
}

type Sender = KeeperPorts['sender'];

function sent(sender: Sender, send: Sender['send'], discard = () => sender.discard()): Sender {
  return {
    send,
    discard,
    get isConnected() {
      return sender.isConnected;
    },
  };
}

/** A client whose producers say that every partition answered, whatever did. */
function trusting(client: { producer: (config?: ProducerConfig) => Producer }) {
  return (config: ProducerConfig = {}): Producer => {
    const chosen = new Map<string, { topicName: string; partition: number; errorCode: number }>();
    const { createPartitioner = Partitioners.DefaultPartitioner } = config;
    const producer = client.producer({
      ...config,
      createPartitioner: () => {
        const choose = createPartitioner();
        return (args) => {
          const partition = choose(args);
          chosen.set(`${args.topic}/${partition}`, { topicName: args.topic, partition, errorCode: 0 });
          return partition;
        };
      },
    });
    const sendBatch: Producer['sendBatch'] = async (batch) => {
      await producer.sendBatch(batch);
      return [...chosen.values()];
    };
    return { ...producer, sendBatch };
  };
}
