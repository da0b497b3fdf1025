import { type ClickHouseClient, ClickHouseLogLevel, createClient } from '@clickhouse/client';
import { FACT_TABLES } from '../../consumer/persist/tables.ts';
import { FACT_KINDS, type Kind } from '../../schemas/webhooks.ts';
import type { Pipeline } from './pipeline.ts';

/** What stands in a table: how many rows there are, and whose they are. */
export type Standing = { readonly count: number; readonly ids: ReadonlySet<string> };

/** What stands in ClickHouse, read as any user would. */
export type Books = {
  readonly events: Standing;
  readonly facts: ReadonlyMap<Kind, Standing>;
  /** What a plain count of `events` tells, by kind. */
  readonly kinds: ReadonlyMap<string, number>;
  /** By outbox: events in it, and the sequence numbers that they lie between. */
  readonly outboxes: readonly { outbox: string; events: number; first: number; last: number }[];
  readonly openDeadLetters: number;
};

type OutboxState = {
  outbox: string;
  pending: number;
  last_sequence: number;
  last_fault: { what: string; at: string } | null;
};

const TIMEOUT_MS = 10_000;

/** A client for the checks; it goes past the proxy. */
export function checkClient({ clickHouseUrl }: Pipeline): ClickHouseClient {
  return createClient({
    url: clickHouseUrl,
    log: { level: ClickHouseLogLevel.OFF },
    request_timeout: TIMEOUT_MS,
    clickhouse_settings: { output_format_json_quote_64bit_integers: 0 },
  });
}

/**
 * Lets ClickHouse merge in the background, or not: a row that stands twice must not count twice, and a merge would
 * remove it before anyone could see that it does.
 */
export async function allowMerges(client: ClickHouseClient, allowed: boolean): Promise<void> {
  await client.command({ query: `SYSTEM ${allowed ? 'START' : 'STOP'} MERGES` });
}

/** @throws when ClickHouse does not answer */
export async function readBooks(client: ClickHouseClient): Promise<Books> {
  const facts = new Map<Kind, Standing>();
  for (const kind of FACT_KINDS)
    facts.set(kind, await standing(client, FACT_TABLES[kind].replace(/_rows$/, '')));
  const kinds = await rows<{ kind: string; n: number }>(
    client,
    'SELECT kind, count() AS n FROM events GROUP BY kind',
  );
  const [dead] = await rows<{ open: number }>(client, 'SELECT countIf(is_open) AS open FROM dead_letters');
  return {
    events: await standing(client, 'events'),
    facts,
    kinds: new Map(kinds.map(({ kind, n }) => [kind, n])),
    outboxes: await rows(
      client,
      `SELECT outbox, count() AS events, min(sequence) AS first, max(sequence) AS last
        FROM events GROUP BY outbox ORDER BY outbox`,
    ),
    openDeadLetters: dead?.open ?? 0,
  };
}

/** What the outboxes say of themselves. @throws when the Worker does not answer for each */
export async function outboxStates({ workerUrl, adminToken }: Pipeline): Promise<OutboxState[]> {
  const response = await fetch(`${workerUrl}/status`, {
    headers: { authorization: `Bearer ${adminToken}` },
    signal: AbortSignal.timeout(TIMEOUT_MS),
  });
  const { outboxes } = (await response.json()) as { outboxes: OutboxState[] };
  if (outboxes.some((each) => 'unavailable' in each)) throw new Error('an outbox does not answer');
  return outboxes;
}

/** What stands in a view at one moment. */
export async function standing(client: ClickHouseClient, view: string): Promise<Standing> {
  const query = 'SELECT count() AS count, groupArray(event_id) AS ids FROM {view:Identifier}';
  const [found] = await rows<{ count: number; ids: string[] }>(client, query, { view });
  return { count: found?.count ?? 0, ids: new Set(found?.ids) };
}

async function rows<T>(
  client: ClickHouseClient,
  query: string,
  query_params: Record<string, unknown> = {},
): Promise<T[]> {
  return (await client.query({ query, query_params, format: 'JSONEachRow' })).json<T>();
}
