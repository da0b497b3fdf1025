import { setTimeout as sleep } from 'node:timers/promises';
import { type KafkaMessage, logLevel } from 'kafkajs';
import { decode, isQiscusEvent } from '../decode.ts';
import { Connections } from '../group/connections.ts';
import { deadLetterProducer } from '../group/dead-letter-producer.ts';
import { Liveness } from '../group/liveness.ts';
import { Membership } from '../group/membership.ts';
import { Offsets } from '../group/offsets.ts';
import { CLIENT_OPTIONS, GROUP_OPTIONS } from '../group/options.ts';
import { Slots } from '../group/slots.ts';
import { watchGroup } from '../group/watch-group.ts';
import { Kafka } from '../kafka-client.ts';
import type { Kind } from '../webhooks.ts';
import { GapWatch } from './gap-watch.ts';
import type { Counts } from './handle.ts';
import { createIntake } from './intake.ts';
import { Lanes } from './lanes.ts';
import { type Plan, planOf, SubscribeError, type SubscribeOptions } from './options.ts';
import { type Place, ReadBack } from './read-back.ts';
import { RecentIds } from './recent-ids.ts';
import { type Health, lagOf, type Subscription } from './subscription.ts';
import { prepareTopics } from './topics.ts';

const WATCH_MS = 1_000;
/** A slow partition must not hold the others of the same fetch. */
const CONCURRENT_PARTITIONS = 100;
const MAX_BYTES = 5_000_000;
const MAX_BYTES_PER_PARTITION = 500_000;
const COMMIT_POLL_MS = 20;

/**
 * Subscribes to kinds of events as a member of a consumer group, and hands each event to `onEvent` until it is stopped.
 * Resolves when it is in its group.
 * @throws SubscribeError where an option does not fit, Kafka does not answer or a topic is missing
 */
export async function subscribe<const K extends Kind>(options: SubscribeOptions<K>): Promise<Subscription> {
  const plan = planOf(options);
  const parts = partsOf(plan);
  try {
    await parts.admin.connect();
    const partitions = await prepareTopics(parts.admin, plan);
    return await run(plan, parts, partitions);
  } catch (error) {
    await parts.close();
    if (error instanceof SubscribeError) throw error;
    const name = error instanceof Error ? error.name : 'no error';
    throw new SubscribeError(
      `cannot subscribe at ${brokersOf(plan)} (${name}). Look whether Kafka is there, and whether this user may log in, ` +
        `read the topics, and be in the group ${plan.group}.`,
      { cause: error },
    );
  }
}

function brokersOf({ kafka: { brokers } }: Plan): string {
  return Array.isArray(brokers) ? brokers.join(', ') : 'its brokers';
}

/** The connections of a subscription. */
function partsOf(plan: Plan) {
  const connections = new Connections();
  const kafka = new Kafka({
    clientId: 'qiscus-stream-events',
    ...CLIENT_OPTIONS,
    socketFactory: connections.open,
    // What goes wrong is told once, and by `health`.
    logLevel: logLevel.NOTHING,
    ...plan.kafka,
  });
  const admin = kafka.admin();
  const consumer = kafka.consumer({
    groupId: plan.group,
    ...GROUP_OPTIONS,
    maxBytes: MAX_BYTES,
    maxBytesPerPartition: MAX_BYTES_PER_PARTITION,
  });
  const producer = deadLetterProducer(kafka);
  connections.watchConsumer(consumer);
  connections.watchProducer(producer);
  async function close(): Promise<void> {
    await consumer.disconnect();
    await producer.disconnect();
    await admin.disconnect();
  }
  return { admin, consumer, producer, close };
}

async function run(plan: Plan, parts: ReturnType<typeof partsOf>, partitions: number): Promise<Subscription> {
  const { admin, consumer, producer } = parts;
  const { onTrouble } = plan;
  const counts: Counts = { handled: 0, duplicates: 0, deadLetters: 0, failures: 0 };
  const nowMs = () => performance.now();
  const liveness = new Liveness(nowMs);
  const membership = new Membership();
  const stopping = new AbortController();
  const recent = new RecentIds(plan.duplicateWindow);
  const gapWatch = new GapWatch(plan, partitions, nowMs);
  const offsets = new Offsets({
    moved: () => undefined,
    committed: () => undefined,
    refused: (error) => onTrouble({ what: 'offsets cannot be committed yet; they are tried again', error }),
  });
  const note = (message: KafkaMessage, place: Place) => {
    const event = decode(message);
    if (!isQiscusEvent(event)) return;
    recent.add(`${place.topic}/${place.partition}`, event.id);
    gapWatch.note(event, place);
  };
  const intake = createIntake({
    plan,
    slots: new Slots(plan.concurrency),
    recent,
    deadLetters: { producer, topic: plan.deadLetterTopic, onTrouble },
    counts,
    gapWatch,
    membership,
    offsets,
    lanes: new Lanes(),
    readBack: new ReadBack({ consumer, admin, window: plan.duplicateWindow, note }),
    stopping: stopping.signal,
    onBug: (error) => {
      onTrouble({ what: 'the subscription cannot go on', error });
      liveness.died('an error of the subscriber kit; onTrouble was told');
    },
  });
  watchGroup(
    { consumer, membership, liveness },
    {
      joined: ({ memberAssignment }) => gapWatch.joined(memberAssignment),
      lost: (error) => onTrouble({ what: lossOf(error), error }),
    },
  );
  await consumer.connect();
  await consumer.subscribe({ topics: [...plan.topics], fromBeginning: true });
  await consumer.run({
    autoCommit: false,
    eachBatchAutoResolve: false,
    partitionsConsumedConcurrently: CONCURRENT_PARTITIONS,
    eachBatch: intake.eachBatch,
  });

  const ended = Promise.withResolvers<void>();
  const watch = setInterval(() => {
    gapWatch.tell();
    const life = liveness.check();
    if (life.alive) return;
    clearInterval(watch);
    ended.reject(new SubscribeError(`${life.reason}. End this process, and have it started again.`));
  }, WATCH_MS);

  async function stopOnce(): Promise<void> {
    clearInterval(watch);
    stopping.abort();
    const grace = setTimeout(() => membership.end(), plan.stopGraceMs);
    const { signal } = membership;
    while (!signal.aborted && (intake.inHand > 0 || offsets.isAhead)) await sleep(COMMIT_POLL_MS);
    clearTimeout(grace);
    await parts.close();
    membership.end();
    ended.resolve();
  }
  let stopped: Promise<void> | undefined;
  const stateOf = (): Health['state'] => {
    if (stopped !== undefined) return 'stopped';
    if (!liveness.check().alive) return 'dead';
    return liveness.isJoined ? 'running' : 'joining';
  };
  return {
    health: () => ({ state: stateOf(), ...counts, inHand: intake.inHand, gaps: gapWatch.open }),
    lag: () => lagOf(admin, plan),
    stop: () => {
      stopped ??= stopOnce();
      return stopped;
    },
    ended: ended.promise,
  };
}

function lossOf(error: Error): string {
  return error.name === 'KafkaJSNotImplemented'
    ? 'a batch is compressed in a way that kafkajs does not read by itself; give its CompressionCodecs what reads it'
    : 'Kafka or the group was lost; it is joined again';
}
