import type { ClickHouseClient } from '@clickhouse/client';
import { waitFor } from '../../local/wait.ts';
import { outboxStates, standing } from './books.ts';
import type { Pipeline } from './pipeline.ts';
import type { Sender } from './sender.ts';
import type { StreamReader } from './stream.ts';

/** The pipeline, and all from which its state is told. */
export type View = {
  readonly pipeline: Pipeline;
  readonly sender: Sender;
  readonly reader: StreamReader;
  readonly client: ClickHouseClient;
};

/** The pipeline must be itself again by then, without a hand. */
const RECOVERY_BOUND_MS = 30_000;
/** After that, it is waited for still, so that a late event is told from a lost one. */
const PATIENCE_MS = 90_000;
const POLL_MS = 200;

/** Waits until all that was acknowledged by now stands in ClickHouse, and an event that is new now does too. */
export async function untilRecovered({
  sender,
  client,
}: View): Promise<{ seconds: number; violations: string[] }> {
  const startedMs = performance.now();
  const due = new Set(sender.acknowledged.keys());
  const violations = new Set<string>();
  let probe: string | undefined;
  const isBack = async () => {
    probe ??= (await sender.postNew())?.id;
    const { count, ids } = await standing(client, 'events');
    // Right at any moment, and not only at rest.
    if (count !== ids.size) violations.add('events counted twice for a while');
    return probe !== undefined && ids.has(probe) && due.isSubsetOf(ids);
  };
  await waitFor(isBack, { timeoutMs: PATIENCE_MS, intervalMs: POLL_MS }).catch(() =>
    violations.add('did not recover'),
  );
  const tookMs = performance.now() - startedMs;
  if (tookMs > RECOVERY_BOUND_MS) violations.add(`recovered only after ${Math.round(tookMs / 1_000)} s`);
  return { seconds: tookMs / 1_000, violations: [...violations] };
}

/** Waits until nothing is on its way any more, once nothing is sent. @returns what did not come to rest */
export async function untilAtRest({ pipeline, client }: View): Promise<string[]> {
  const isAtRest = async () => {
    const states = await outboxStates(pipeline);
    if (states.some(({ pending }) => pending > 0)) return false;
    const accepted = states.reduce((sum, { last_sequence }) => sum + last_sequence, 0);
    const { ids } = await standing(client, 'events');
    return ids.size >= accepted;
  };
  return waitFor(isAtRest, { timeoutMs: RECOVERY_BOUND_MS, intervalMs: POLL_MS }).then(
    () => [],
    () => ['did not come to rest'],
  );
}
