import type { KafkaMessage, Message } from 'kafkajs';

// A broker takes a batch of messages only up to its max.message.bytes, 1 MB by default.
const MAX_SEND_BYTES = 500_000;

/** The messages in their order, in lots that a broker takes; one that is larger goes alone. */
export function lotsOf(messages: readonly Message[]): Message[][] {
  return inLots(messages, bytesOf);
}

/** Anything in its order, in lots that a broker takes as messages of so many bytes. */
export function inLots<T>(all: readonly T[], sizeOf: (one: T) => number): T[][] {
  const lots: T[][] = [];
  let lot: T[] | undefined;
  let room = 0;
  for (const one of all) {
    const bytes = sizeOf(one);
    if (lot === undefined || bytes > room) {
      lot = [];
      lots.push(lot);
      room = MAX_SEND_BYTES;
    }
    lot.push(one);
    room -= bytes;
  }
  return lots;
}

/** What a message comes to: its key, its value and its headers. */
export function bytesOf({
  key,
  value,
  headers = {},
}: Pick<Message, 'key' | 'value' | 'headers'> | KafkaMessage): number {
  let bytes = (key?.length ?? 0) + (value?.length ?? 0);
  for (const [name, values] of Object.entries(headers)) {
    for (const each of [values].flat()) bytes += name.length + (each?.length ?? 0);
  }
  return bytes;
}
