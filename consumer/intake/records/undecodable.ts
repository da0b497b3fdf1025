import type { KafkaMessage } from 'kafkajs';

/** A batch of records that cannot be read; the message says why, and quotes nothing of it. */
export class UndecodableError extends Error {
  override readonly name = 'UndecodableError';
}

/** The error of a batch that would grow beyond the limit. */
export function tooLarge(codec: string, maxBytes: number): UndecodableError {
  return new UndecodableError(`it is larger than ${maxBytes} bytes once its ${codec} is decompressed`);
}

/** A batch of records that cannot be read, as it stands in its partition. */
export interface Undecodable {
  readonly firstOffset: bigint;
  readonly lastOffset: bigint;
  readonly reason: string;
}

// Later than every real message: kafkajs passes over what is before the offset that it asked for.
const LAST_OFFSET = '9223372036854775807';

const STAND_INS = new WeakMap<KafkaMessage, Undecodable>();

/** A message in place of a batch that cannot be read, so that kafkajs hands it on to where the partition is known. */
export function standInFor(undecodable: Undecodable): KafkaMessage {
  const message = {
    offset: LAST_OFFSET,
    timestamp: '0',
    attributes: 0,
    key: null,
    value: null,
    headers: {},
    isControlRecord: false,
    batchContext: { producerId: '-1', inTransaction: false },
  };
  STAND_INS.set(message, undecodable);
  return message;
}

/** The messages before the first batch that cannot be read, and that batch. */
export function readable(messages: readonly KafkaMessage[]): {
  readonly messages: readonly KafkaMessage[];
  readonly undecodable: Undecodable | undefined;
} {
  const at = messages.findIndex((message) => STAND_INS.has(message));
  const standIn = messages[at];
  if (standIn === undefined) return { messages, undecodable: undefined };
  return { messages: messages.slice(0, at), undecodable: STAND_INS.get(standIn) };
}
