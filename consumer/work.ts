import type { KafkaMessage } from 'kafkajs';
import type { StreamEvent } from '../schemas/event.ts';

/** A Kafka message and where it stood. */
export interface Source {
  readonly topic: string;
  readonly partition: number;
  readonly message: KafkaMessage;
}

/** Why a message is not where it should be; never with content of its payload. */
export interface Failure {
  readonly stage: 'decode' | 'normalize' | 'insert';
  readonly reason: string;
}

export interface TableRow {
  readonly table: string;
  readonly row: object;
}

/** What one Kafka message asks for: its rows, and a dead letter where it failed already. */
export interface Work {
  readonly source: Source;
  /** Undefined where the message could not be decoded, or is itself a dead letter. */
  readonly event: StreamEvent | undefined;
  /** Inserted in this order: a row is inserted only when those before it stand. */
  readonly rows: readonly TableRow[];
  readonly failure: Failure | undefined;
}
