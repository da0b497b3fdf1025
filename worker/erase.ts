import { type } from 'arktype';
import { parseJson } from '../schemas/json.ts';
import { readBody } from './admit/body.ts';
import type { AppPrivacy } from './admit/private/privacy.ts';
import type { Settings } from './config.ts';
import type { Cursor, ErasedPart, ErasePart } from './outbox/erase.ts';
import type { Named, RecordObject } from './outbox/layout/known-layouts.ts';
import { problem } from './problem.ts';
import { respond } from './respond.ts';
import { outboxesOf, type Unavailable } from './status.ts';

const MOST_BYTES = 1_000_000;
/** After so long, what is left is for another request: the caller goes on where this one ended. */
const SLICE_MS = 10_000;

const wanted = type({
  app: 'string',
  customer: '0 < string <= 1000',
  'ids?': 'string[]',
  'rooms?': 'string[]',
  'after?': { '[string]': type({ segments: 'number', singles: 'number' }).or('null') },
  'dry_run?': 'boolean',
});

/** What of an outbox is needed to erase. */
export interface ErasingObject {
  erase(part: ErasePart): Promise<ErasedPart>;
}

/** What erasing needs beside the request. */
export interface Erasing {
  readonly settings: Pick<Settings, 'WEBHOOK_TOKENS' | 'OUTBOX_SHARDS'>;
  readonly privacy: ReadonlyMap<string, AppPrivacy>;
  readonly outboxes: Named<ErasingObject>;
  readonly records: Named<Pick<RecordObject, 'layout'>>;
}

/** What came of one outbox. */
type Entry = (ErasedPart & { readonly outbox: string }) | Unavailable;

/**
 * `POST /erase`: takes a customer out of the events that wait in the outboxes of an app, and tells under which ids
 * they are stored. What has `after` in the answer is to be asked for again with it.
 */
export async function eraseRoute(request: Request, erasing: Erasing): Promise<Response> {
  const body = await readBody(request, MOST_BYTES);
  const asked = body.outcome === 'read' ? wanted(parsed(body.text)) : undefined;
  if (asked === undefined || asked instanceof type.errors) {
    const detail = 'The body must be JSON with app and customer, as "npm run erase" sends it.';
    return problem(400, 'Bad Request', detail);
  }
  const { settings, privacy, records } = erasing;
  const { app, customer } = asked;
  if (!Object.hasOwn(settings.WEBHOOK_TOKENS, app)) {
    return problem(404, 'Not Found', 'There is no such app: WEBHOOK_TOKENS does not have it.');
  }
  const given = [customer, ...(asked.ids ?? [])];
  const stored = given.map((id) => privacy.get(app)?.storedId(id) ?? id);
  const ids = [...new Set([...given, ...stored])];
  const { names, unknown } = await outboxesOf(app, settings.OUTBOX_SHARDS, records);
  const untilMs = Date.now() + SLICE_MS;
  const part = { ids, rooms: asked.rooms ?? [], isDryRun: asked.dry_run ?? false };
  const entries: Entry[] = [];
  for (const name of names) {
    const after = asked.after?.[name];
    // Gone through already.
    if (after === null) continue;
    entries.push(await eraseFrom(name, { ...part, after }, untilMs, erasing));
  }
  return respond({ ids, outboxes: unknown === undefined ? entries : [...entries, unknown] }, 200);
}

async function eraseFrom(
  outbox: string,
  part: ErasePart,
  untilMs: number,
  { outboxes }: Erasing,
): Promise<Entry> {
  let [events, after]: [number, Cursor | null | undefined] = [0, part.after];
  try {
    do {
      const ending = await outboxes.getByName(outbox).erase({ ...part, after });
      events += ending.events;
      after = ending.after;
    } while (after !== null && Date.now() < untilMs);
    return { outbox, events, after };
  } catch {
    return { outbox, unavailable: true };
  }
}

function parsed(text: string): unknown {
  try {
    return parseJson(text);
  } catch {
    return undefined;
  }
}
