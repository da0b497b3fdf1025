import { randomUUID } from 'node:crypto';
import type { Logger } from 'pino';
import type { Connections } from '../../../schemas/group/connections.ts';
import type { Kafka } from '../../../schemas/kafka-client.ts';
import { eventTopics } from '../../../schemas/topics.ts';
import type { ConsumerSettings } from '../../config.ts';
import { follow } from '../follow.ts';
import { LiveStream } from './live-stream.ts';

export interface LiveDeps {
  readonly kafka: Kafka;
  readonly connections: Connections;
  readonly settings: ConsumerSettings;
  readonly log: Logger;
}

/** The pipeline's own topics, all partitions of them, whichever of them this consumer has to store. */
export function liveStream({ kafka, connections, settings, log }: LiveDeps): LiveStream {
  const { CONSUMER_GROUP, TOPIC_PREFIX } = settings;
  return new LiveStream({
    log,
    follow: ({ onMessage, onReading }) =>
      follow({
        kafka,
        connections,
        groupId: `${CONSUMER_GROUP}-live-${randomUUID()}`,
        topics: eventTopics(TOPIC_PREFIX),
        onMessage,
        onUndecodable: (topic, partition, { firstOffset, reason }) =>
          log.debug({ topic, partition, firstOffset, reason }, 'passed over by the live tail'),
        onReading,
      }),
  });
}
