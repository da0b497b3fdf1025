import type { IHeaders } from 'kafkajs';

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

/**
 * Names what of the message is not in its dead letter (`value`, or `key,value,headers`), because the topic would not take it. It
 * stays among the message's own headers in `dead_letters`, so that nobody takes the letter for the whole message.
 */
export const OMITTED_HEADER = 'dlq_omitted';

/**
 * Kafka has headers without a value. kafkajs reads them as null and cannot send them: it throws, whatever is tried
 * again, and the partition would stand still behind the message. They are sent as empty ones.
 */
export function sendable(headers: IHeaders = {}): IHeaders {
  const filled = (value: Buffer | string | null | undefined) => value ?? Buffer.alloc(0);
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [
      name,
      Array.isArray(value) ? value.map(filled) : filled(value),
    ]),
  );
}
