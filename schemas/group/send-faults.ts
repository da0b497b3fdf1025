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
  const root = rootOf(error);
  if (root instanceof TypeError || root instanceof RangeError) return 'content';
  const isUnacceptable = root instanceof Error && 'type' in root && UNACCEPTABLE.has(String(root.type));
  return isUnacceptable ? 'content' : 'transient';
}

/** kafkajs wraps what happened into what it made of it. */
function rootOf(error: unknown): unknown {
  let root = error;
  while (root instanceof Error && root.cause instanceof Error) root = root.cause;
  return root;
}
