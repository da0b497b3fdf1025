import type { KafkaMessage } from 'kafkajs';
import type { QiscusEvent } from '../../schemas/decode.ts';
import type { StreamEvent } from '../../schemas/event.ts';
import { type SubscribeOptions, type Subscription, subscribe } from '../../schemas/subscribe/index.ts';
import type { Kind } from '../../schemas/webhooks.ts';
import { publisher, sessions } from '../consumer/events.ts';
import { undoAfterwards } from '../support/clean-up.ts';
import { eventually } from '../support/eventually.ts';
import { createTopics, quietKafka, uniquePrefix } from '../support/kafka.ts';
import { sharedBrokers } from '../support/shared.ts';

/** Topics of a test's own, a publisher to them, and a way to subscribe. */
export async function startStream() {
  const brokers = await sharedBrokers();
  const topicPrefix = uniquePrefix();
  await createTopics(topicPrefix);
  const publish = await publisher(brokers, topicPrefix);
  const group = `${topicPrefix}team`;

  /** Subscribes to sessions in the test's group, unless told otherwise; stopped after the test. */
  async function join<K extends Kind = 'session'>(
    options: Pick<SubscribeOptions<K>, 'onEvent'> & Partial<SubscribeOptions<K>>,
  ): Promise<Subscription> {
    const kinds = options.kinds ?? (['session'] as readonly Kind[] as readonly K[]);
    const quiet = { onTrouble: () => undefined };
    const subscription = await subscribe<K>({ brokers, topicPrefix, group, ...quiet, ...options, kinds });
    undoAfterwards(() => subscription.stop());
    return subscription;
  }
  return { brokers, topicPrefix, group, publish, join };
}

/** Sessions of some rooms: each room's have rising numbers. */
export function ofRooms(from: number, to: number, rooms: number): StreamEvent[] {
  return sessions(from, to).map((event) => ({ ...event, subject: `room-${event.sequence % rooms}` }));
}

/** What was handled, by sequence number, in the order in which it was. */
export function recorder() {
  const events: QiscusEvent[] = [];
  return {
    events,
    sequences: () => events.map(({ sequence }) => sequence),
    onEvent: (event: QiscusEvent) => void events.push(event),
  };
}

/** The messages of a topic, once there are so many. */
export async function messagesOf(brokers: string, topic: string, count: number): Promise<KafkaMessage[]> {
  const consumer = quietKafka(brokers).consumer({ groupId: `${topic}.reader` });
  await consumer.connect();
  undoAfterwards(() => consumer.disconnect());
  // A topic that has just been made is not known to all at once.
  await eventually(() => consumer.subscribe({ topics: [topic], fromBeginning: true }));
  const messages: KafkaMessage[] = [];
  const all = Promise.withResolvers<void>();
  await consumer.run({
    eachMessage: async ({ message }) => {
      messages.push(message);
      if (messages.length >= count) all.resolve();
    },
  });
  await all.promise;
  return messages;
}
