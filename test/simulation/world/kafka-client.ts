import { createRequire } from 'node:module';
import { KafkaJSProtocolError, type Producer, type ProducerConfig, type RetryOptions } from 'kafkajs';
import type { Kafka, ProduceRequest, ProduceResponse } from './kafka.ts';
import { kafkaError, lostConnection, refusedConnection, requestTimeout } from './kafka-errors.ts';

const REQUEST_TIMEOUT_MS = 8_000;

interface PartitionMetadata {
  readonly partitionId: number;
  readonly leader: number;
}

const require = createRequire(import.meta.url);
// Under a test runner kafkajs takes others, and a seed would be another run there.
const DEFAULT_RETRY = require('kafkajs/src/retry/defaults') as RetryOptions;
// kafkajs's own producer, with its retries, sequence numbers and bookkeeping: what is simulated is the cluster only.
const createProducer = require('kafkajs/src/producer') as (
  options: ProducerConfig & { cluster: Cluster; logger: Logger; retry: RetryOptions },
) => Producer;

interface Logger {
  namespace(): Logger;
  debug(): void;
  info(): void;
  warn(): void;
  error(): void;
}

const nothing = () => undefined;
const silent: Logger = {
  namespace: () => silent,
  debug: nothing,
  info: nothing,
  warn: nothing,
  error: nothing,
};

/** A kafkajs client of the simulated cluster, as far as producing goes. */
export function kafkaClient(kafka: Kafka, clientRetry: RetryOptions) {
  return {
    producer: ({ retry, ...config }: ProducerConfig = {}): Producer => {
      const retries = { ...DEFAULT_RETRY, ...clientRetry, ...retry };
      return createProducer({
        ...config,
        cluster: new Cluster(kafka, retries),
        logger: silent,
        retry: retries,
      });
    },
  };
}

/** What kafkajs knows of the cluster: metadata that may be out of date, and connections that may break. */
class Cluster {
  readonly retry: RetryOptions;
  readonly #kafka: Kafka;
  readonly #topics = new Set<string>();
  readonly #brokers: readonly Broker[];
  #metadata: Map<string, PartitionMetadata[]> | undefined;
  #isConnected = false;

  constructor(kafka: Kafka, retry: RetryOptions) {
    this.#kafka = kafka;
    this.retry = retry;
    this.#brokers = kafka.brokers.map((node) => new Broker(kafka, node));
  }

  isConnected(): boolean {
    return this.#isConnected;
  }

  async connect(): Promise<void> {
    await this.#ask(() => undefined);
    this.#isConnected = true;
  }

  async disconnect(): Promise<void> {
    this.#isConnected = false;
  }

  removeBroker(): void {}

  async refreshMetadata(): Promise<void> {
    this.#metadata = await this.#ask(() => {
      const known = [...this.#topics].map((topic) => [topic, this.#kafka.partitionsOf(topic)] as const);
      if (known.some(([, partitions]) => partitions.length === 0))
        throw kafkaError('UNKNOWN_TOPIC_OR_PARTITION');
      return new Map(
        known.map(([topic, partitions]) => [
          topic,
          partitions.map(({ id, leader }) => ({ partitionId: id, leader })),
        ]),
      );
    });
  }

  async refreshMetadataIfNecessary(): Promise<void> {
    if (this.#metadata === undefined) await this.refreshMetadata();
  }

  async addMultipleTargetTopics(topics: readonly string[]): Promise<void> {
    const added = topics.filter((topic) => !this.#topics.has(topic));
    if (added.length === 0 && this.#metadata !== undefined) return;
    for (const topic of added) this.#topics.add(topic);
    try {
      await this.refreshMetadata();
    } catch (error) {
      if (error instanceof KafkaJSProtocolError) for (const topic of added) this.#topics.delete(topic);
      throw error;
    }
  }

  findTopicPartitionMetadata(topic: string): PartitionMetadata[] {
    return this.#metadata?.get(topic) ?? [];
  }

  findLeaderForPartitions(topic: string, partitions: readonly string[]): Record<string, number[]> {
    const byLeader: Record<string, number[]> = {};
    for (const partition of partitions.map(Number)) {
      const found = this.findTopicPartitionMetadata(topic).find(
        ({ partitionId }) => partitionId === partition,
      );
      if (found === undefined) continue;
      byLeader[found.leader] = [...(byLeader[found.leader] ?? []), partition];
    }
    return byLeader;
  }

  async findBroker({ nodeId }: { nodeId: string }): Promise<Broker> {
    const broker = this.#brokers[Number(nodeId)];
    if (broker === undefined || !this.#kafka.isUp(broker.nodeId)) {
      await this.refreshMetadata();
      throw refusedConnection();
    }
    return broker;
  }

  async findControllerBroker(): Promise<Broker> {
    return this.#ask(() => this.#brokers.find(({ nodeId }) => this.#kafka.isUp(nodeId)) as Broker);
  }

  /** Asks any broker that is up. */
  #ask<T>(question: () => T): Promise<T> {
    const { sim, faults, brokers } = this.#kafka;
    return sim.call(sim.random.between(0, 10), sim.random.between(0, 10), () => {
      if (brokers.every((node) => !this.#kafka.isUp(node))) throw refusedConnection();
      if (sim.random.chance(faults.loseRequest)) throw lostConnection();
      return question();
    });
  }
}

/** A connection to one broker. */
class Broker {
  readonly nodeId: number;
  readonly #kafka: Kafka;

  constructor(kafka: Kafka, nodeId: number) {
    this.#kafka = kafka;
    this.nodeId = nodeId;
  }

  async initProducerId(): Promise<{ producerId: number; producerEpoch: number }> {
    const { sim } = this.#kafka;
    return sim.call(1, 1, () => ({ producerId: this.#kafka.newProducerId(), producerEpoch: 0 }));
  }

  /** The request may be lost, be slow, or be served without the answer ever coming back. */
  produce(request: ProduceRequest): Promise<ProduceResponse> {
    const { sim, faults } = this.#kafka;
    const { random } = sim;
    const isHeard = !random.chance(faults.loseAnswer);
    if (random.chance(faults.loseRequest))
      return sim.call(0, random.between(1, 50), () => fail(lostConnection()));
    const isSlow = random.chance(faults.slow);
    const thereMs = isSlow ? random.between(1_000, 40_000) : random.between(0.5, 15);
    const caller = sim.current;
    return new Promise((resolve, reject) => {
      sim.schedule(REQUEST_TIMEOUT_MS, () => reject(requestTimeout()), caller);
      const serve = () => {
        try {
          const response = this.#kafka.produce(this.nodeId, request);
          const quickLoss = random.chance(0.5);
          if (isHeard) sim.schedule(random.between(0.5, 15), () => resolve(response), caller);
          else if (quickLoss) sim.schedule(random.between(0.5, 15), () => reject(lostConnection()), caller);
        } catch (error) {
          if (isHeard) sim.schedule(random.between(0.5, 15), () => reject(error), caller);
        }
      };
      sim.schedule(thereMs, serve, sim.world);
    });
  }
}

function fail(error: Error): never {
  throw error;
}
