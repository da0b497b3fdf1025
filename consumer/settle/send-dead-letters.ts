import type { Message, Producer } from 'kafkajs';
import type { Logger } from 'pino';
import { backOff } from '../backoff.ts';
import type { ConsumerMetrics } from '../watch/metrics.ts';
import { deadLetterMessage, type FailedWork } from './dead-letter.ts';

const ALL_REPLICAS = -1;
// A broker takes a batch of messages only up to its max.message.bytes, 1 MB by default.
const MAX_SEND_BYTES = 500_000;

export interface DeadLetterDeps {
  readonly producer: Producer;
  readonly topic: string;
  readonly log: Logger;
  readonly metrics: ConsumerMetrics;
}

/**
 * Sends dead letters and waits until all replicas have them, however long that takes: the offset must not move
 * before. Sent again after a crash, they have the same ids.
 * @returns false when the signal was aborted first
 */
export async function sendDeadLetters(
  failed: readonly FailedWork[],
  { producer, topic, log, metrics }: DeadLetterDeps,
  signal: AbortSignal,
): Promise<boolean> {
  const messages = failed.map((each) => deadLetterMessage(each, Date.now()));
  for (const lot of lotsOf(messages)) {
    for (let attempt = 0; ; attempt++) {
      if (signal.aborted) return false;
      try {
        await producer.connect();
        await producer.send({ topic, messages: lot, acks: ALL_REPLICAS });
        break;
      } catch (error) {
        metrics.retries.inc({ stage: 'dead-letter' });
        log.error({ error, topic, attempt }, 'dead letters cannot be sent yet; offsets wait until they can');
        await backOff(attempt, signal);
      }
    }
  }
  for (const { work, failure } of failed) {
    const { topic: from, partition, message } = work.source;
    metrics.deadLetters.inc({ stage: failure.stage });
    log.warn({ ...failure, from, partition, offset: message.offset, event: work.event?.id }, 'dead letter');
  }
  return true;
}

/** The messages in their order, in lots that a broker takes; a message that is larger goes alone. */
export function lotsOf(messages: readonly Message[]): Message[][] {
  const lots: Message[][] = [];
  let room = 0;
  for (const message of messages) {
    const bytes = message.value?.length ?? 0;
    if (bytes > room || lots.length === 0) {
      lots.push([]);
      room = MAX_SEND_BYTES;
    }
    lots.at(-1)?.push(message);
    room -= bytes;
  }
  return lots;
}
