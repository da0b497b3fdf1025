import type { KafkaMessage, Message, Producer } from 'kafkajs';
import { DLQ_HEADERS, OMITTED_HEADER, sendable } from '../dead-letter.ts';
import { backOff } from '../group/backoff.ts';
import { sendFault } from '../group/send-faults.ts';
import type { Trouble } from './options.ts';
import type { Place } from './read-back.ts';

const ALL_REPLICAS = -1;
const MAX_REASON = 1_000;

/** A message and where it stands. */
export interface Source extends Place {
  readonly message: KafkaMessage;
}

/** Why a message failed for good. */
export interface Failure {
  /** `decode`: it carries no event; `handle`: the subscriber's handler threw each time. */
  readonly stage: 'decode' | 'handle';
  readonly reason: string;
  /** The event's id, if it is one. */
  readonly id?: string;
}

/** The subscriber's own topic of messages that failed for good. */
export interface DeadLetters {
  readonly producer: Producer;
  readonly topic: string;
  readonly onTrouble: (trouble: Trouble) => void;
}

/**
 * Sends a message to the dead-letter topic, with its key, value and headers and why it failed, and waits until all
 * replicas have it. Of one that the topic does not take, only its place is sent: there it stands still.
 * @returns whether it is there; false when the signal was aborted first
 */
export async function sendDeadLetter(
  source: Source,
  failure: Failure,
  { producer, topic, onTrouble }: DeadLetters,
  signal: AbortSignal,
): Promise<boolean> {
  let isWhole = true;
  for (let attempt = 0; !signal.aborted; attempt++) {
    try {
      await producer.connect();
      await producer.send({ topic, acks: ALL_REPLICAS, messages: [letterOf(source, failure, isWhole)] });
      return true;
    } catch (error) {
      if (sendFault(error) === 'content' && isWhole) isWhole = false;
      else {
        onTrouble({ what: `the dead-letter topic ${topic} takes nothing; it is tried again`, error });
        await backOff(attempt, signal);
      }
    }
  }
  return false;
}

function letterOf({ topic, partition, message }: Source, failure: Failure, isWhole: boolean): Message {
  const why = {
    ...(isWhole ? {} : { [OMITTED_HEADER]: 'key,value,headers' }),
    [DLQ_HEADERS.id]: failure.id ?? `${topic}/${partition}/${message.offset}`,
    [DLQ_HEADERS.stage]: failure.stage,
    [DLQ_HEADERS.reason]: failure.reason.slice(0, MAX_REASON).toWellFormed(),
    [DLQ_HEADERS.topic]: topic,
    [DLQ_HEADERS.partition]: String(partition),
    [DLQ_HEADERS.offset]: message.offset,
    [DLQ_HEADERS.time]: new Date().toISOString(),
  };
  if (!isWhole) return { key: null, value: null, headers: why };
  return { key: message.key, value: message.value, headers: { ...sendable(message.headers), ...why } };
}
