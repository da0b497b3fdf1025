import type { KafkaMessage } from 'kafkajs';
import { type BatchHead, RecordMessage } from './record-message.ts';

/**
 * Messages that are hardly ever looked at again, in as little memory as can be: where their records stand, and no
 * object for each.
 */
export class KeptMessages {
  readonly #heads: BatchHead[] = [];
  readonly #slabs: ArrayBufferLike[] = [];
  readonly #from: number[] = [];
  readonly #lengths: number[] = [];
  /** Those of kafkajs's own reader are kept as they are. */
  readonly #others: readonly KafkaMessage[];

  constructor(messages: readonly KafkaMessage[]) {
    const records = messages.filter((message) => message instanceof RecordMessage);
    const areRecords = records.length === messages.length;
    this.#others = areRecords ? [] : messages;
    if (areRecords) for (const each of records) this.#keep(each);
  }

  /** The messages as they came, made anew. */
  all(): readonly KafkaMessage[] {
    const records = this.#heads.map((head, index) => {
      const slab = this.#slabs[index] ?? new ArrayBuffer(0);
      return new RecordMessage(head, Buffer.from(slab, this.#from[index], this.#lengths[index]));
    });
    return [...this.#others, ...records];
  }

  /** Gives their memory to others: none of the messages must be looked at any more. */
  release(): void {
    for (const memory of new Set(this.#heads.map((head) => head.memory))) memory.release();
    this.#heads.length = 0;
  }

  #keep({ batch, record }: RecordMessage): void {
    this.#heads.push(batch);
    this.#slabs.push(record.buffer);
    this.#from.push(record.byteOffset);
    this.#lengths.push(record.length);
  }
}
