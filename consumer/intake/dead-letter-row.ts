import type { KafkaMessage } from 'kafkajs';
import { fitsDateTime } from '../../schemas/date-time.ts';
import { DLQ_HEADERS, OMITTED_HEADER } from '../../schemas/dead-letter.ts';
import { uint64 } from '../../schemas/values.ts';
import { type DateTimeText, dateTime } from '../normalize/date-time-text.ts';
import type { UInt64Text } from '../normalize/row.ts';
import { deadLetterId } from '../settle/dead-letter.ts';
import type { Source } from '../work.ts';
import { decode, isDecoded } from './decode.ts';

/** A row of `dead_letters_rows`. */
export interface DeadLetterRow {
  readonly id: string;
  readonly event_id: string;
  readonly app_id: string;
  readonly kind: string;
  readonly occurred_at: DateTimeText;
  readonly stage: string;
  readonly reason: string;
  readonly topic: string;
  readonly partition: number;
  readonly offset: UInt64Text;
  readonly failed_at: DateTimeText;
  readonly headers: Readonly<Record<string, string>>;
  /** Null when the message had none, which is not the same as an empty one. */
  readonly key: string | null;
  readonly value: string | null;
}

const ID = /^[0-9a-f]{32}$/;
const MAX_UINT32 = 2 ** 32 - 1;

/**
 * Reads a message of the dead-letter topic, whoever wrote it there: nothing in it can make this throw, or make the
 * table refuse the row, which would then be found in the topic alone.
 */
export function deadLetterRow(source: Source): DeadLetterRow {
  const { message } = source;
  const why = (name: string) => headerText(message, name);
  const decoded = decode(withoutOmission(message, why(DLQ_HEADERS.stage)));
  const event = isDecoded(decoded) ? decoded.event : undefined;
  const failedMs = Date.parse(why(DLQ_HEADERS.time));
  const id = why(DLQ_HEADERS.id);
  return {
    id: ID.test(id) ? id : deadLetterId(undefined, source),
    event_id: event?.id ?? '',
    app_id: event?.app ?? '',
    kind: event?.kind ?? '',
    occurred_at: firstDateTime(event?.occurredMs ?? 0),
    stage: why(DLQ_HEADERS.stage),
    reason: why(DLQ_HEADERS.reason),
    topic: why(DLQ_HEADERS.topic),
    partition: uint32(why(DLQ_HEADERS.partition)),
    offset: uint64(why(DLQ_HEADERS.offset)),
    failed_at: firstDateTime(failedMs, Number(message.timestamp)),
    headers: originalHeaders(message),
    key: message.key?.toString('base64') ?? null,
    value: message.value?.toString('base64') ?? null,
  };
}

/** An event whose value its topic did not take is that event still, by its headers, if it could be decoded before. */
function withoutOmission(message: KafkaMessage, stage: string): KafkaMessage {
  const isEventStill = message.headers?.[OMITTED_HEADER] !== undefined && stage !== 'decode';
  if (!isEventStill) return message;
  // Not spread: what comes from a topic has its parts in getters.
  const { offset, timestamp, attributes, key, headers = {} } = message;
  return { offset, timestamp, attributes, key, headers, value: message.value ?? Buffer.alloc(0) };
}

const OURS: ReadonlySet<string> = new Set(Object.values(DLQ_HEADERS));

/** The headers that the message had before it failed, in base64; values of one sent several times, by commas. */
function originalHeaders(message: KafkaMessage): Record<string, string> {
  // Kafka has headers without a value, though kafkajs's types know none.
  const base64 = (value: Buffer | string | null) => Buffer.from(value ?? '').toString('base64');
  return Object.fromEntries(
    Object.entries(message.headers ?? {})
      .filter(([name]) => !OURS.has(name))
      .map(([name, value = '']) => [name, [value].flat().map(base64).join(',')]),
  );
}

/** The first time that the column can hold, else 1970: whoever wrote the message may have given it any time at all. */
function firstDateTime(...times: number[]): DateTimeText {
  return dateTime(times.find(fitsDateTime) ?? 0);
}

function uint32(digits: string): number {
  const number = /^\d+$/.test(digits) ? Number(digits) : 0;
  return number <= MAX_UINT32 ? number : 0;
}

function headerText(message: KafkaMessage, name: string): string {
  const value = message.headers?.[name];
  return Array.isArray(value) ? '' : (value?.toString().toWellFormed() ?? '');
}
