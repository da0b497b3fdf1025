import { setTimeout as sleep } from 'node:timers/promises';
import type { ClickHouseClient } from '@clickhouse/client';
import { Trouble } from '../trouble.ts';
import type { Sequences } from './edge.ts';

/** The stretch of an app's outboxes to wait for. */
export interface Stretch {
  readonly app: string;
  readonly before: Sequences;
  readonly after: Sequences;
}

/** How many events the outboxes accepted in between. */
export function acceptedBetween({ before, after }: Stretch): number {
  return [...after].reduce((sum, [outbox, sequence]) => sum + sequence - (before.get(outbox) ?? 0), 0);
}

/** An outbox gives 1, 2, 3, … without gaps, so counting tells whether all of a stretch is there. */
const ARRIVED = `
WITH arrayExists((name, first, last) -> outbox = name AND sequence > first AND sequence <= last,
  {outboxes:Array(String)}, {before:Array(UInt64)}, {after:Array(UInt64)}) AS is_wanted
SELECT toUInt32(countIf(place = 'event')) AS events, toUInt32(countIf(place != 'fact' AND has_table)) AS facts_due,
  toUInt32(countIf(place = 'fact')) AS facts
FROM (
  SELECT 'event' AS place, outbox, sequence, kind != 'unrecognized' AS has_table FROM events WHERE app_id = {app:String}
  UNION ALL SELECT 'fact', outbox, sequence, true FROM sessions WHERE app_id = {app:String}
  UNION ALL SELECT 'fact', outbox, sequence, true FROM resolutions WHERE app_id = {app:String}
  UNION ALL SELECT 'fact', outbox, sequence, true FROM agent_logouts WHERE app_id = {app:String}
  UNION ALL SELECT 'fact', outbox, sequence, true FROM messages WHERE app_id = {app:String}
  UNION ALL SELECT 'fact', outbox, sequence, true FROM allocations WHERE app_id = {app:String}
  UNION ALL SELECT 'fact', outbox, sequence, true FROM button_clicks WHERE app_id = {app:String}
)
WHERE is_wanted`;

const POLL_MS = 250;
const PATIENCE_MS = 60_000;

/**
 * Waits until all that the outboxes accepted in between stands in `events`, and in the table of its kind.
 * @param onProgress told after each look, with how many events are there
 * @throws Trouble when nothing more comes for a minute; what the client throws when ClickHouse does not answer
 */
export async function untilArrived(
  client: ClickHouseClient,
  stretch: Stretch,
  onProgress: (events: number) => void,
): Promise<void> {
  const { app, before, after } = stretch;
  const outboxes = [...after.keys()];
  const query_params = {
    app,
    outboxes,
    before: outboxes.map((outbox) => before.get(outbox) ?? 0),
    after: [...after.values()],
  };
  const total = acceptedBetween(stretch);
  let movedMs = performance.now();
  let seen = -1;
  for (;;) {
    const answer = await client.query({ query: ARRIVED, query_params, format: 'JSONEachRow' });
    const [{ events, facts_due, facts } = { events: 0, facts_due: 0, facts: 0 }] =
      await answer.json<Arrived>();
    onProgress(events);
    if (events >= total && facts >= facts_due) return;
    if (events + facts !== seen) movedMs = performance.now();
    seen = events + facts;
    if (performance.now() - movedMs > PATIENCE_MS)
      throw new Trouble(stalled(events, total, facts_due - facts));
    await sleep(POLL_MS);
  }
}

interface Arrived {
  readonly events: number;
  readonly facts_due: number;
  readonly facts: number;
}

function stalled(events: number, total: number, withoutRow: number): string {
  return `Nothing more came to ClickHouse for a minute: ${events} of ${total} events are there, ${withoutRow} of them without a row in their table. The Worker's /status and the consumer's /readyz tell what holds them; dead_letters holds what could not be stored.`;
}
