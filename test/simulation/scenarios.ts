import { ConsumerWorld } from './world/consumer-world.ts';
import { OutboxWorld } from './world/outbox-world.ts';
import type { Scenario } from './world/run.ts';

/** The consumer as it is, its Kafka, its group and its ClickHouse. */
export const CONSUMER: Scenario = { name: 'consumer', create: (sim) => new ConsumerWorld(sim) };

/** The outbox as it is, its vendor, its disk and its Kafka. */
export const OUTBOX: Scenario = { name: 'outbox', create: (sim) => new OutboxWorld(sim) };
