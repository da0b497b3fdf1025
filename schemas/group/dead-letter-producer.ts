import { Partitioners, type Producer } from 'kafkajs';
import type { Kafka } from '../kafka-client.ts';

/**
 * The producer of dead letters. kafkajs must not retry by itself: when a partition has moved meanwhile to a broker
 * that answered already, it takes that answer for the partition's as well and sends it nothing (its pull request
 * 1798), and the offset would move over a message that is nowhere. Who sends dead letters tries again anyway.
 */
export function deadLetterProducer(kafka: Pick<Kafka, 'producer'>): Producer {
  return kafka.producer({
    allowAutoTopicCreation: false,
    createPartitioner: Partitioners.DefaultPartitioner,
    retry: { retries: 0 },
  });
}
