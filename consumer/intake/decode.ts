import type { KafkaMessage } from 'kafkajs';
import { fromMessage, type NotAnEvent, type StreamEvent } from '../../schemas/event.ts';

// `ignoreBOM` keeps a byte order mark as it is: the payload stays what was sent.
const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** Reads a Kafka message as one of our events, or says why it is none. */
export function decode(message: KafkaMessage): StreamEvent | NotAnEvent {
  try {
    const value = message.value === null ? null : utf8.decode(message.value);
    return fromMessage({ value, headers: textHeaders(message) });
  } catch (error) {
    // The decoder's only error: invalid bytes, which no JSON can hold.
    if (error instanceof TypeError) return { problem: 'its value or a header is not UTF-8' };
    throw error;
  }
}

/** The headers that make an event; what others travel with it is no concern of ours, whatever bytes it has. */
const OURS = /^(?:ce_.*|traceparent)$/;

function textHeaders(message: KafkaMessage): Record<string, string | undefined> {
  const headers = Object.entries(message.headers ?? {}).filter(([name]) => OURS.test(name));
  return Object.fromEntries(headers.map(([name, value]) => [name, headerText(value)]));
}

/**
 * A header's text; of one that was sent several times, none, since it cannot be told which counts. Kafka also has
 * headers without a value, which kafkajs's types do not know.
 */
function headerText(value: Buffer | string | (Buffer | string)[] | undefined | null): string | undefined {
  if (value === undefined || value === null || Array.isArray(value)) return undefined;
  return typeof value === 'string' ? value : utf8.decode(value);
}
