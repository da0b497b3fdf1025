import type { Admin, Consumer, EachBatchPayload, KafkaMessage } from 'kafkajs';

export interface ReadBackDeps {
  readonly consumer: Pick<Consumer, 'seek'>;
  readonly admin: Pick<Admin, 'fetchTopicOffsets'>;
  /** How many messages of a partition are read once more. */
  readonly window: number;
  /** Told each message that the group is done with. */
  readonly note: (message: KafkaMessage, place: Place) => void;
}

export interface Place {
  readonly topic: string;
  readonly partition: number;
  /** Whether the partition is read from its very first message. */
  readonly isWhole: boolean;
}

interface Reading {
  /** The first message that the group is not done with. */
  readonly until: bigint;
  readonly isWhole: boolean;
  isOver: boolean;
}

/**
 * Reads the last messages that the group is done with once more when a partition is taken over, so that one of them
 * that comes again is known: whoever had the partition before remembered them, and that memory is gone.
 */
export class ReadBack {
  readonly #deps: ReadBackDeps;
  #signal: AbortSignal | undefined;
  #readings = new Map<string, Reading>();

  constructor(deps: ReadBackDeps) {
    this.#deps = deps;
  }

  /**
   * Looks at a batch.
   * @param signal of the stay in the group
   * @returns the messages that are to be handled, and their place; undefined where there are none in it
   */
  async pass(
    payload: EachBatchPayload,
    signal: AbortSignal,
  ): Promise<{ readonly messages: readonly KafkaMessage[]; readonly place: Place } | undefined> {
    if (signal !== this.#signal) this.#readings = new Map();
    this.#signal = signal;
    const { topic, partition, messages } = payload.batch;
    const [head] = messages;
    if (head === undefined) return undefined;
    const first = BigInt(head.offset);
    const name = `${topic}/${partition}`;
    const reading = this.#readings.get(name) ?? (await this.#begin(payload, first, signal));
    if (reading === undefined) return undefined;
    const place = { topic, partition, isWhole: reading.isWhole };
    if (reading.isOver) return { messages, place };
    if (first > reading.until) {
      // What was asked for is gone, or came too late for this fetch: on from where the group is.
      reading.isOver = true;
      payload.resolveOffset(String(reading.until - 1n));
      return undefined;
    }
    const isDone = ({ offset }: KafkaMessage) => BigInt(offset) < reading.until;
    const done = messages.filter(isDone);
    for (const message of done) this.#deps.note(message, place);
    const last = done.at(-1);
    if (done.length === messages.length && last !== undefined) {
      payload.resolveOffset(last.offset);
      return undefined;
    }
    reading.isOver = true;
    return { messages: messages.slice(done.length), place };
  }

  /** Sends kafkajs back behind the first message of a stay. @returns undefined where it has to read first */
  async #begin(
    { batch: { topic, partition } }: EachBatchPayload,
    until: bigint,
    signal: AbortSignal,
  ): Promise<Reading | undefined> {
    const offsets = await this.#deps.admin.fetchTopicOffsets(topic);
    if (signal.aborted) return undefined;
    const low = BigInt(offsets.find((each) => each.partition === partition)?.low ?? 0);
    const wanted = until - BigInt(this.#deps.window);
    const from = wanted > low ? wanted : low;
    const reading = { until, isWhole: from === 0n, isOver: from >= until };
    this.#readings.set(`${topic}/${partition}`, reading);
    if (reading.isOver) return reading;
    this.#deps.consumer.seek({ topic, partition, offset: String(from) });
    return undefined;
  }
}
