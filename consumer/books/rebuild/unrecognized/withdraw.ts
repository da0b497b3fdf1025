import type { ClickHouseClient } from '@clickhouse/client';
import { EVENTS_TABLE, FACT_TABLES } from '../../../persist/tables.ts';
import { insertAnew, run } from '../sql.ts';
import type { Superseded } from './claims.ts';

// They are named in the URL, of which servers take 16 kB.
const IDS_AT_ONCE = 200;

/**
 * Takes facts back that are counted a second time under their natural ids: their events are redeliveries, and
 * unrecognized as they came. The fact goes first: whoever is killed in between leaves an event that the next run finds
 * among those that were made facts of, and does the same again.
 * @throws ClickHouse's error
 */
export async function withdraw(client: ClickHouseClient, superseded: readonly Superseded[]): Promise<void> {
  for (const [kind, group] of Map.groupBy(superseded, ({ look }) => look.kind)) {
    for (let start = 0; start < group.length; start += IDS_AT_ONCE) {
      const part = group.slice(start, start + IDS_AT_ONCE);
      const ids = part.map(({ look }) => look.event.event_id);
      await run(client, `DELETE FROM ${FACT_TABLES[kind]} WHERE event_id IN {ids:Array(String)}`, { ids });
      const events = part.map(({ look: { event } }) => {
        return { ...event, kind: 'unrecognized', occurred_at: event.received_at };
      });
      await insertAnew(client, EVENTS_TABLE, events);
    }
  }
}
