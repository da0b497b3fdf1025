import { KafkaJSError, KafkaJSProtocolError } from 'kafkajs';

/** What a failed send means for what is to be sent next. */
export type Fault =
  /** The broker will never take one of these messages as it is. */
  | { readonly scope: 'message'; readonly what: string }
  /** One topic cannot be written to now; others may. */
  | { readonly scope: 'topic'; readonly what: string }
  /** Nothing can be sent now. */
  | { readonly scope: 'cluster'; readonly what: string };

const MESSAGE_FAULTS = new Set([
  'MESSAGE_TOO_LARGE',
  'RECORD_LIST_TOO_LARGE',
  'INVALID_RECORD',
  'INVALID_TIMESTAMP',
]);
const TOPIC_FAULTS = new Set([
  'UNKNOWN_TOPIC_OR_PARTITION',
  'INVALID_TOPIC_EXCEPTION',
  'TOPIC_AUTHORIZATION_FAILED',
  'LEADER_NOT_AVAILABLE',
  'NOT_LEADER_FOR_PARTITION',
  'NOT_ENOUGH_REPLICAS',
  'NOT_ENOUGH_REPLICAS_AFTER_APPEND',
  'KAFKA_STORAGE_ERROR',
]);

/** Sorts what kafkajs throws, by the broker's error type where it told one. Anything unknown may pass: it is retried. */
export function faultOf(error: unknown): Fault {
  const cause = rootCause(error);
  if (cause instanceof KafkaJSProtocolError) {
    if (MESSAGE_FAULTS.has(cause.type)) return { scope: 'message', what: cause.type };
    if (TOPIC_FAULTS.has(cause.type)) return { scope: 'topic', what: cause.type };
    return { scope: 'cluster', what: cause.type };
  }
  return { scope: 'cluster', what: cause instanceof Error ? cause.name : 'unknown' };
}

/** kafkajs wraps the last error when it gives up retrying. */
function rootCause(error: unknown): unknown {
  let cause = error;
  while (cause instanceof KafkaJSError && cause.cause instanceof Error) cause = cause.cause;
  return cause;
}
