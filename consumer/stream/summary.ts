import type { EventHead } from '../../schemas/event.ts';
import { isJsonObject, type JsonObject, objectIn } from '../../schemas/json.ts';
import type { Kind } from '../../schemas/webhooks.ts';

/** What there is to see of an event at a glance; `latest-events` of the query library tells the same of a stored one. */
export interface Summary {
  readonly event_id: string;
  readonly app_id: string;
  readonly kind: Kind;
  /** ISO 8601, UTC. */
  readonly received: string;
  /** The channel, as the vendor spells it. */
  readonly source: string;
  /** The customer, or the user who logged out. */
  readonly who: string;
  /** What was written, or the agent. */
  readonly what: string;
  /** The room; empty for what happens in none. */
  readonly room_id: string;
}

const MOST_CHARACTERS = 200;

const SOURCE = [['source'], ['room_log', 'source'], ['service', 'source']] as const;
const WHO = [
  ['payload', 'room', 'name'],
  ['customer', 'name'],
  ['payload', 'user', 'name'],
  ['name'],
] as const;
const ROOM = [['payload', 'room', 'id'], ['room_id'], ['service', 'room_id']] as const;
const WHAT = [
  ['payload', 'message', 'text'],
  ['resolved_by', 'name'],
  ['agent', 'name'],
  ['candidate_agent', 'name'],
] as const;

/** What there is to see of an event. Of a payload that is no JSON object, nothing but what is beside it. */
export function summarize(event: EventHead, payload: Buffer): Summary {
  const body = objectIn(payload.toString()) ?? {};
  return {
    event_id: event.id,
    app_id: event.app,
    kind: event.kind,
    received: new Date(event.receivedMs).toISOString(),
    source: firstText(body, SOURCE),
    who: firstText(body, WHO),
    what: firstText(body, WHAT),
    room_id: firstText(body, ROOM),
  };
}

function firstText(body: JsonObject, paths: readonly (readonly string[])[]): string {
  for (const path of paths) {
    const text = textAt(body, path);
    if (text !== '') return short(text);
  }
  return '';
}

function textAt(body: JsonObject, path: readonly string[]): string {
  let value: unknown = body;
  for (const name of path) value = isJsonObject(value) ? value[name] : undefined;
  return typeof value === 'string' || typeof value === 'number' ? String(value) : '';
}

function short(text: string): string {
  // Twice as many code units hold them all.
  const letters = [...text.slice(0, 2 * MOST_CHARACTERS + 2)];
  return letters.length > MOST_CHARACTERS ? `${letters.slice(0, MOST_CHARACTERS - 1).join('')}…` : text;
}
