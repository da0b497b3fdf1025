import type { ClickHouseClient } from '@clickhouse/client';
import { objectIn } from '../../../schemas/json.ts';
import { recognize } from '../../../schemas/recognize.ts';
import { rowsOf } from '../../persist/clickhouse.ts';
import { OTHERS } from './sightings.ts';

/** How a payload can differ from what was before. */
export const DRIFTS = ['new key', 'new type', 'gone', 'problem'] as const;

/** A row of the view `payload_drift`; times as ISO 8601. */
export interface Drift {
  readonly kind: string;
  readonly drift: (typeof DRIFTS)[number];
  readonly path: string;
  readonly types: readonly string[];
  readonly since: string;
  readonly first_at: string;
  readonly last_at: string;
  readonly events: number;
  readonly events_of_kind: number;
  readonly example_event_id: string;
}

/** With what to do about it. */
export interface AdvisedDrift extends Drift {
  readonly advice: string;
}

/** So many are told, the latest first. */
export const MOST_TOLD = 500;

const ROWS = `
  SELECT kind, drift, path, types, events, events_of_kind, example_event_id,
    concat(replaceOne(toString(since), ' ', 'T'), 'Z') AS since,
    concat(replaceOne(toString(first_at), ' ', 'T'), 'Z') AS first_at,
    concat(replaceOne(toString(last_at), ' ', 'T'), 'Z') AS last_at
  FROM payload_drift AS found
  WHERE ({kind:String} = '' OR kind = {kind:String}) AND found.since >= fromUnixTimestamp64Milli({since:Int64})
  ORDER BY found.since DESC, path = '${OTHERS}' DESC, kind, path
  LIMIT ${MOST_TOLD}`;

const PAYLOADS = `
  SELECT event_id, payload FROM events_rows
  WHERE event_id IN {ids:Array(String)} AND received_at >= {first:DateTime64(3)}
  LIMIT 1 BY event_id`;

/** What has changed since a moment, the latest first, and what to do about each. @throws ClickHouse's error */
export async function readDrift(
  client: ClickHouseClient,
  { kind = '', sinceMs = 0 }: { readonly kind?: string | undefined; readonly sinceMs?: number | undefined },
): Promise<AdvisedDrift[]> {
  const rows = await rowsOf<Drift>(client, ROWS, { kind, since: sinceMs });
  const admitted = await admittedNow(client, rows);
  return rows.map((row) => ({ ...row, advice: adviceOn(row, admitted) }));
}

/** Of the examples of problems, those that today's code recognizes. */
async function admittedNow(client: ClickHouseClient, rows: readonly Drift[]): Promise<ReadonlySet<string>> {
  const problems = rows.filter(({ drift }) => drift === 'problem');
  if (problems.length === 0) return new Set();
  const ids = problems.map(({ example_event_id }) => example_event_id);
  const [first = ''] = problems.map(({ first_at }) => first_at).sort();
  const params = { ids, first: first.replace('T', ' ').replace('Z', '') };
  const payloads = await rowsOf<{ event_id: string; payload: string }>(client, PAYLOADS, params);
  return new Set(payloads.filter(({ payload }) => isRecognized(payload)).map(({ event_id }) => event_id));
}

function isRecognized(payload: string): boolean {
  const body = objectIn(payload);
  return body !== undefined && recognize(body).kind !== 'unrecognized';
}

/** The change of the schema that admits it, in words that name the place. */
function adviceOn(
  { kind, drift, path, types, example_event_id }: Drift,
  admitted: ReadonlySet<string>,
): string {
  const file = `schemas/${kind}.ts`;
  const field = fieldOf(path);
  if (drift === 'new key') {
    return `kept, and in no table. To use it: ${file}, ${field.place}'${field.name}?': ${shapeOf(types)}`;
  }
  if (drift === 'new type') return `${file}, ${field.place}'${field.name}': allow ${shapeOf(types)} as well`;
  if (drift === 'gone') {
    return `${file}, ${field.place}'${field.name}?': leave it optional, and its column's comment say so`;
  }
  if (admitted.has(example_event_id)) {
    return "today's code admits it: npm run rebuild -- --unrecognized --apply brings it in";
  }
  if (kind === 'unrecognized') {
    return 'a webhook that is not known here: a file for it in schemas/, its line in schemas/webhooks.ts, and its normalizer';
  }
  return `${file}, ${field.place}'${field.name}': admit what ${example_event_id} has; then npm run rebuild -- --unrecognized --apply`;
}

/** A field's own name, and the objects that it is in. */
function fieldOf(path: string): { place: string; name: string } {
  const at = path.lastIndexOf('.');
  return at === -1
    ? { place: '', name: path || 'the body' }
    : { place: `in ${path.slice(0, at)}: `, name: path.slice(at + 1) };
}

/** ArkType's text for these types. */
function shapeOf(types: readonly string[]): string {
  const names = types.map((type) => (type === 'array' ? 'unknown[]' : type === 'json' ? 'string' : type));
  return `'${[...new Set(names)].join(' | ')}'`;
}
