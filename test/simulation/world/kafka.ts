import { kafkaError, lostConnection } from './kafka-errors.ts';
import type { Simulation } from './simulation.ts';

/** A message as a client gives it to the broker. */
export interface SentMessage {
  readonly key: string | Buffer | null;
  readonly value: string | Buffer | null;
  readonly headers: Readonly<Record<string, string | Buffer | undefined>>;
}

/** A message that stands in a partition. */
export interface LoggedMessage extends SentMessage {
  readonly atMs: number;
}

/** What the broker remembers of one producer in one partition, to tell a batch that it has already. */
interface ProducerState {
  next: number;
  readonly recent: { first: number; count: number }[];
}

export interface Partition {
  readonly topic: string;
  readonly id: number;
  readonly log: LoggedMessage[];
  readonly producers: Map<number, ProducerState>;
  leader: number;
}

export interface PartitionBatch {
  readonly partition: number;
  readonly firstSequence?: number;
  readonly messages: readonly SentMessage[];
}

/** A produce request, in the shape that kafkajs's producer gives to its broker. */
export interface ProduceRequest {
  readonly acks: number;
  readonly producerId: number;
  readonly topicData: readonly { readonly topic: string; readonly partitions: readonly PartitionBatch[] }[];
}

export interface ProduceResponse {
  readonly topics: {
    topicName: string;
    partitions: { partition: number; errorCode: 0; baseOffset: string }[];
  }[];
}

/** How the cluster misbehaves; numbers are chances. */
export interface KafkaFaults {
  loseRequest: number;
  loseAnswer: number;
  breakHalfway: number;
  slow: number;
  /** What a topic answers instead of taking messages. */
  readonly topics: Map<string, string>;
  readonly downBrokers: Set<number>;
}

const REMEMBERED_BATCHES = 5;
const ALL_REPLICAS = -1;
/** Of a batch that not all replicas were waited for: its leader dies, and it is gone. */
const LOST_WITH_LEADER = 0.2;

/** A Kafka cluster: partitions with their leaders, and what it knows of idempotent producers. */
export class Kafka {
  readonly sim: Simulation;
  readonly brokers: readonly number[];
  readonly maxBatchBytes: number;
  readonly faults: KafkaFaults = {
    loseRequest: 0,
    loseAnswer: 0,
    breakHalfway: 0,
    slow: 0,
    topics: new Map(),
    downBrokers: new Set(),
  };
  readonly #partitions = new Map<string, Partition[]>();
  #producerIds = 0;

  constructor(sim: Simulation, options: { brokers: number; maxBatchBytes: number }) {
    this.sim = sim;
    this.brokers = Array.from({ length: options.brokers }, (_, node) => node);
    this.maxBatchBytes = options.maxBatchBytes;
  }

  createTopic(topic: string, partitions: number): void {
    const all = Array.from({ length: partitions }, (_, id) => {
      return { topic, id, log: [], producers: new Map(), leader: this.sim.random.pick(this.brokers) };
    });
    this.#partitions.set(topic, all);
  }

  partitionsOf(topic: string): readonly Partition[] {
    return this.#partitions.get(topic) ?? [];
  }

  get partitions(): readonly Partition[] {
    return [...this.#partitions.values()].flat();
  }

  newProducerId(): number {
    return ++this.#producerIds;
  }

  isUp(node: number): boolean {
    return !this.faults.downBrokers.has(node);
  }

  /**
   * Takes what it can of a request, partition by partition, as a broker does: the others' fate is told by the error.
   * @throws the first partition's error, or a lost connection
   */
  produce(node: number, { acks, producerId, topicData }: ProduceRequest): ProduceResponse {
    if (!this.isUp(node)) throw lostConnection();
    let fault: Error | undefined;
    const topics: ProduceResponse['topics'] = [];
    for (const { topic, partitions } of topicData) {
      const answered: ProduceResponse['topics'][number] = { topicName: topic, partitions: [] };
      for (const batch of partitions) {
        if (this.sim.random.chance(this.faults.breakHalfway)) throw lostConnection();
        const isLost = acks !== ALL_REPLICAS && this.sim.random.chance(LOST_WITH_LEADER);
        const refusal = isLost ? undefined : this.#append(node, topic, producerId, batch);
        if (refusal !== undefined) fault ??= kafkaError(refusal);
        answered.partitions.push({ partition: batch.partition, errorCode: 0, baseOffset: '0' });
      }
      topics.push(answered);
    }
    if (fault !== undefined) throw fault;
    return { topics };
  }

  /** The error that a partition answers with; undefined when it has the batch, now or since before. */
  #append(node: number, topic: string, producerId: number, batch: PartitionBatch): string | undefined {
    const partition = this.partitionsOf(topic)[batch.partition];
    if (partition === undefined) return 'UNKNOWN_TOPIC_OR_PARTITION';
    if (partition.leader !== node) return 'NOT_LEADER_FOR_PARTITION';
    const trouble = this.faults.topics.get(topic);
    if (trouble !== undefined) return trouble;
    if (bytesOf(batch.messages) > this.maxBatchBytes) return 'MESSAGE_TOO_LARGE';
    if (batch.firstSequence !== undefined && producerId >= 0) {
      const verdict = checkSequence(partition, producerId, batch.firstSequence, batch.messages.length);
      if (verdict === 'repeat') return undefined;
      if (verdict === 'gap') return 'OUT_OF_ORDER_SEQUENCE_NUMBER';
    }
    for (const message of batch.messages) partition.log.push({ ...message, atMs: this.sim.nowMs });
    return undefined;
  }
}

/** What an idempotent producer's numbers say of a batch, as Kafka's ProducerAppendInfo has it. */
function checkSequence(
  { producers }: Partition,
  producerId: number,
  first: number,
  count: number,
): 'repeat' | 'gap' | 'new' {
  const state = producers.get(producerId) ?? { next: first, recent: [] };
  producers.set(producerId, state);
  if (state.recent.some((batch) => batch.first === first && batch.count === count)) return 'repeat';
  if (state.next !== first) return 'gap';
  state.next = first + count;
  state.recent.push({ first, count });
  if (state.recent.length > REMEMBERED_BATCHES) state.recent.shift();
  return 'new';
}

function bytesOf(messages: readonly SentMessage[]): number {
  return messages.reduce((sum, { value }) => sum + (value?.length ?? 0), 0);
}
