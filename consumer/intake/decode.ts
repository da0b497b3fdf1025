import { isUtf8 } from 'node:buffer';
import type { KafkaMessage } from 'kafkajs';
import { type EventHead, isEvent, type NotAnEvent, readHead } from '../../schemas/event.ts';
import { headerTexts } from '../../schemas/header-texts.ts';
import { headerTextsIn } from './records/header-texts.ts';
import { RecordMessage } from './records/record-message.ts';

/** A Kafka message that is one of our events. */
export interface Decoded {
  readonly event: EventHead;
  /** The webhook's body as it was sent, JSON, less its secrets: the message's own bytes, which are UTF-8. */
  readonly payload: Buffer;
}

const NOT_UTF8: NotAnEvent = { problem: 'its value or a header is not UTF-8' };

/** Reads a Kafka message as one of our events, or says why it is none. */
export function decode(message: KafkaMessage): Decoded | NotAnEvent {
  const { value: payload } = message;
  if (payload === null) return { problem: 'the message has no value' };
  const texts =
    message instanceof RecordMessage
      ? headerTextsIn(message.headerBlock)
      : headerTexts(message.headers ?? {});
  // No JSON can hold other bytes.
  if (texts === undefined || !isUtf8(payload)) return NOT_UTF8;
  const event = readHead(texts);
  return isEvent(event) ? { event, payload } : event;
}

/** Tells the two answers of `decode` apart. */
export function isDecoded(result: Decoded | NotAnEvent): result is Decoded {
  return 'event' in result;
}
