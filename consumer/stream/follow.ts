import type { Consumer, EachBatchPayload } from 'kafkajs';
import type { Connections } from '../../schemas/group/connections.ts';
import type { Kafka } from '../../schemas/kafka-client.ts';
import { groupConsumer } from '../intake/kafka.ts';
import { readable, type Undecodable } from '../intake/records/undecodable.ts';
import { heartbeatingUntil } from '../settle/settle.ts';
import type { Source } from '../work.ts';

export interface FollowDeps {
  readonly kafka: Kafka;
  readonly connections: Connections;
  /** A group that nobody else is in: it is deleted at the end, and holds no offsets. */
  readonly groupId: string;
  readonly topics: readonly string[];
  /** From which time of publication on, milliseconds since 1970; absent for what comes from now on. */
  readonly fromMs?: number | undefined;
  /** More is read when it settles. */
  readonly onMessage: (source: Source) => Promise<void> | void;
  /** A batch of records that cannot be read is passed over. */
  readonly onUndecodable: (
    topic: string,
    partition: number,
    undecodable: Undecodable,
  ) => Promise<void> | void;
  /** Whether messages can be read now. */
  readonly onReading?: (isReading: boolean) => void;
}

export interface Following {
  /** Ends when what is being handled is; nothing of the group is left behind. */
  stop(): Promise<void>;
}

interface Position {
  readonly topic: string;
  readonly partition: number;
  /** The offset of the next message to hand on. */
  next: bigint;
}

/**
 * Hands on every message of topics from a moment on, each once and in its partition's order, whatever becomes of the
 * connection meanwhile. It leaves the offsets of everybody else alone.
 * @throws what kafkajs throws where Kafka is not there, or a topic is not
 */
export async function follow(deps: FollowDeps): Promise<Following> {
  const { kafka, connections, groupId, topics, onReading } = deps;
  const positions = await firstPositions(deps);
  const consumer = groupConsumer(kafka, groupId);
  connections.watchConsumer(consumer);
  const { GROUP_JOIN, CRASH } = consumer.events;
  // Without offsets of a group, kafkajs would begin at the end, or at the first message, whenever it joins again.
  consumer.on(GROUP_JOIN, () => {
    for (const position of positions.values()) seek(consumer, position);
    onReading?.(true);
  });
  consumer.on(CRASH, () => onReading?.(false));
  const stop = async () => {
    await consumer.disconnect();
    await deleteGroup(kafka, groupId);
  };
  try {
    await consumer.connect();
    await consumer.subscribe({ topics: [...topics], fromBeginning: true });
    await consumer.run({
      autoCommit: false,
      eachBatchAutoResolve: false,
      eachBatch: (payload) => handOn(payload, { ...deps, consumer, positions }),
    });
  } catch (error) {
    await stop();
    throw error;
  }
  return { stop };
}

type Positions = Map<string, Position>;

async function firstPositions({ kafka, topics, fromMs }: FollowDeps): Promise<Positions> {
  const admin = kafka.admin();
  await admin.connect();
  try {
    const positions: Positions = new Map();
    for (const topic of topics) {
      const offsets =
        fromMs === undefined
          ? await admin.fetchTopicOffsets(topic)
          : await admin.fetchTopicOffsetsByTimestamp(topic, fromMs);
      for (const { partition, offset } of offsets) {
        positions.set(`${topic}/${partition}`, { topic, partition, next: BigInt(offset) });
      }
    }
    return positions;
  } finally {
    await admin.disconnect();
  }
}

async function handOn(
  payload: EachBatchPayload,
  deps: FollowDeps & { readonly consumer: Consumer; readonly positions: Positions },
): Promise<void> {
  const { topic, partition } = payload.batch;
  const { onMessage, onUndecodable, consumer, positions } = deps;
  const { messages, undecodable } = readable(payload.batch.messages);
  const position = positions.get(`${topic}/${partition}`) ?? { topic, partition, next: 0n };
  positions.set(`${topic}/${partition}`, position);
  const handle = async () => {
    for (const message of messages) {
      if (payload.isStale() || !payload.isRunning()) return;
      const offset = BigInt(message.offset);
      // Read twice, after the group was joined again.
      if (offset < position.next) continue;
      position.next = offset + 1n;
      await onMessage({ topic, partition, message });
      payload.resolveOffset(message.offset);
    }
    if (undecodable === undefined) return;
    position.next = undecodable.lastOffset + 1n;
    seek(consumer, position);
    await onUndecodable(topic, partition, undecodable);
  };
  await heartbeatingUntil(payload, handle());
}

function seek(consumer: Consumer, { topic, partition, next }: Position): void {
  consumer.seek({ topic, partition, offset: next.toString() });
}

async function deleteGroup(kafka: Kafka, groupId: string): Promise<void> {
  const admin = kafka.admin();
  try {
    await admin.connect();
    await admin.deleteGroups([groupId]);
  } catch {
    // Without members and offsets, Kafka itself forgets it soon.
  } finally {
    await admin.disconnect().catch(() => undefined);
  }
}
