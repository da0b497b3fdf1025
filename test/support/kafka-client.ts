import { logLevel } from 'kafkajs';
import { Kafka } from '../../schemas/kafka-client.ts';

/** A kafkajs client that logs nothing. */
export function quietKafka(brokers: string): Kafka {
  return new Kafka({ brokers: brokers.split(','), clientId: 'test', logLevel: logLevel.NOTHING });
}
