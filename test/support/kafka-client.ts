import { Kafka, logLevel } from 'kafkajs';

/** A kafkajs client that logs nothing. */
export function quietKafka(brokers: string): Kafka {
  return new Kafka({ brokers: brokers.split(','), clientId: 'test', logLevel: logLevel.NOTHING });
}
