import type { Kafka } from '../../schemas/kafka-client.ts';
import { type Finding, findingsOf } from './finding.ts';

const { ok, failure, unknown } = findingsOf('kafka');

/** Kafka's words for what a user may not do. */
const REFUSALS: ReadonlySet<string> = new Set([
  'CLUSTER_AUTHORIZATION_FAILED',
  'TOPIC_AUTHORIZATION_FAILED',
  'TRANSACTIONAL_ID_AUTHORIZATION_FAILED',
]);

/**
 * Looks at what this user may do beside looking. An idempotent producer asks for its number before it sends anything,
 * and is refused one where its user may write to no topic: nothing is written for it. Whether the user may read shows
 * where a consumer is in the group, and whether it may look where the topics are.
 */
export async function lookAtRights(client: Kafka): Promise<Finding[]> {
  const producer = client.producer({ idempotent: true, retry: { retries: 1 } });
  try {
    await producer.connect();
    return [ok('this user may write')];
  } catch (error) {
    if (REFUSALS.has(typeOf(error))) {
      const mend = 'Allow it to Write to the topics, if the Worker comes as the same user.';
      return [failure('this user may not write to any topic', mend)];
    }
    return [unknown('whether this user may write could not be asked')];
  } finally {
    await producer.disconnect().catch(() => undefined);
  }
}

/** kafkajs wraps what the broker said. */
function typeOf(error: unknown): string {
  for (let cause = error; cause instanceof Error; cause = cause.cause) {
    if ('type' in cause && typeof cause.type === 'string') return cause.type;
  }
  return '';
}
