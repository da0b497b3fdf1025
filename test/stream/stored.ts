import type { StreamEvent } from '../../schemas/event.ts';
import type { Database } from '../support/clickhouse.ts';

const text = (ms: number) => new Date(ms).toISOString().replace('T', ' ').replace('Z', '');

/** Stores events as the consumer does. */
export async function store({ client }: Database, events: readonly StreamEvent[]): Promise<void> {
  const values = events.map(
    ({ id, app, kind, occurredMs, receivedMs, outbox, sequence, payload, chain = '' }) => ({
      outbox,
      sequence,
      event_id: id,
      app_id: app,
      kind,
      occurred_at: text(occurredMs),
      received_at: text(receivedMs),
      payload,
      chain,
      topic: `qiscus.${kind}`,
      partition: 0,
      offset: sequence,
    }),
  );
  await client.insert({ table: 'events_rows', values, format: 'JSONEachRow' });
}
