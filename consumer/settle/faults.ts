import { KafkaJSError } from 'kafkajs';

/** Kafka's words for a batch that it will not take however often it is sent. */
const UNACCEPTABLE: ReadonlySet<string> = new Set([
  'MESSAGE_TOO_LARGE',
  'RECORD_LIST_TOO_LARGE',
  'INVALID_RECORD',
  'INVALID_TIMESTAMP',
  'CORRUPT_MESSAGE',
]);

/**
 * What a failed send means: `content` where the same messages will fail for ever (Kafka does not take them, or kafkajs
 * cannot write them), `transient` for all else.
 */
export function sendFault(error: unknown): 'transient' | 'content' {
  const cause = rootOf(error);
  if (cause instanceof TypeError || cause instanceof RangeError) return 'content';
  return typeOf(cause) !== undefined && UNACCEPTABLE.has(typeOf(cause) ?? '') ? 'content' : 'transient';
}

/** kafkajs wraps what happened into what it made of it. */
function rootOf(error: unknown): unknown {
  let root = error;
  while (root instanceof KafkaJSError && root.cause instanceof Error) root = root.cause;
  return root;
}

function typeOf(error: unknown): string | undefined {
  return error instanceof Error && 'type' in error && typeof error.type === 'string' ? error.type : undefined;
}
