import { createHash } from 'node:crypto';
import type { IHeaders, Message } from 'kafkajs';
import type { Failure, Source, Work } from '../work.ts';

/** The headers that say why a message is on the dead-letter topic; all others are the message's own. */
export const DLQ_HEADERS = {
  id: 'dlq_id',
  stage: 'dlq_stage',
  reason: 'dlq_reason',
  topic: 'dlq_topic',
  partition: 'dlq_partition',
  offset: 'dlq_offset',
  time: 'dlq_time',
} as const;

/** A message that failed, and why. */
export interface FailedWork {
  readonly work: Work;
  readonly failure: Failure;
}

/** The event's id, or else 32 hex digits of where the message stood: the same when it fails again after a replay. */
export function deadLetterId(eventId: string | undefined, { topic, partition, message }: Source): string {
  if (eventId !== undefined) return eventId;
  const place = `${topic}/${partition}/${message.offset}`;
  return createHash('sha256').update(place).digest('hex').slice(0, 32);
}

/**
 * The dead letter of a message: its key, value and headers, byte for byte, and headers that say why, where from and
 * when. @param nowMs milliseconds since 1970
 */
export function deadLetterMessage({ work, failure }: FailedWork, nowMs: number): Message {
  const { topic, partition, message } = work.source;
  return {
    key: message.key,
    value: message.value,
    headers: {
      ...sendable(message.headers),
      [DLQ_HEADERS.id]: deadLetterId(work.event?.id, work.source),
      [DLQ_HEADERS.stage]: failure.stage,
      [DLQ_HEADERS.reason]: failure.reason,
      [DLQ_HEADERS.topic]: topic,
      [DLQ_HEADERS.partition]: String(partition),
      [DLQ_HEADERS.offset]: message.offset,
      [DLQ_HEADERS.time]: new Date(nowMs).toISOString(),
    },
  };
}

/**
 * Kafka has headers without a value. kafkajs reads them as null and cannot send them: it throws, whatever is tried
 * again, and the partition would stand still behind the message. They are sent as empty ones.
 */
function sendable(headers: IHeaders = {}): IHeaders {
  const filled = (value: Buffer | string | null | undefined) => value ?? Buffer.alloc(0);
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [
      name,
      Array.isArray(value) ? value.map(filled) : filled(value),
    ]),
  );
}
