import type { KafkaMessage } from 'kafkajs';
import type { EventHead } from '../schemas/event.ts';

/** A Kafka message and where it stood. */
export interface Source {
  readonly topic: string;
  readonly partition: number;
  readonly message: KafkaMessage;
}

/** Where a message can fail for good. */
export const FAILURE_STAGES = ['decode', 'normalize', 'insert'] as const;

/** Why a message is not where it should be; never with content of its payload. */
export interface Failure {
  readonly stage: (typeof FAILURE_STAGES)[number];
  readonly reason: string;
}

/** Where a row goes. */
interface Destination {
  readonly table: string;
  /** The table's partition that it falls into: an insert touches a bounded number of them. */
  readonly partition: string;
}

export interface TableRow extends Destination {
  /** As the table's row format has it. */
  readonly bytes: Buffer;
}

/** A row that is not written yet. */
export interface UnwrittenRow extends Destination {
  /** By the table's columns. */
  readonly values: object;
}

/** What one Kafka message asks for: its rows, and a dead letter where it failed already. */
export interface Work<Row = TableRow> {
  readonly source: Source;
  /** Undefined where the message could not be decoded, or is itself a dead letter. */
  readonly event: EventHead | undefined;
  /** Inserted in this order: a row is inserted only when those before it stand. */
  readonly rows: readonly Row[];
  readonly failure: Failure | undefined;
}

/** A work that is not settled yet, and how far it has come. */
export interface Unsettled {
  readonly work: Work;
  /** How many of its rows stand already. */
  readonly standing: number;
  /** Set where it has to become a dead letter once its rows stand. */
  readonly failure: Failure | undefined;
}

/** A work that cannot be settled for now, and why, without content of its payload. */
export interface Held extends Unsettled {
  readonly reason: string;
}

/** How long something is tried before the rest goes on without it. */
export interface Effort {
  /** So often, while ClickHouse or Kafka answers otherwise; for as long as it does not, for ever. */
  readonly tries: number;
  /** Failures, with nothing that went in, after which the search for the part that fails ends; 0: none is begun. */
  readonly vainTries: number;
}
