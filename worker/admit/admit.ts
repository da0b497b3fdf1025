import { identify, shardKeyOf } from '../../schemas/identify.ts';
import { isJsonObject, type JsonObject, parseJson } from '../../schemas/json.ts';
import { occurredAt, recognize } from '../../schemas/recognize.ts';
import { traceContext, traceparentOf } from '../../schemas/trace-context.ts';
import type { Settings } from '../config.ts';
import type { NewEvent } from '../outbox/new-event.ts';
import type { Authenticator } from './authenticate.ts';
import { readBody } from './body.ts';
import type { AppPrivacy } from './private/privacy.ts';
import { receivedAt } from './received-at.ts';

/** A webhook that may be stored: its id and times are settled, its secrets are gone. */
export interface Admitted {
  readonly outcome: 'admitted';
  readonly event: NewEvent;
  /** What chooses the outbox: the same for all events of a key, and for every retry of an event. */
  readonly shardKey: string;
  /** What did not fit, for an unrecognized body; empty otherwise. */
  readonly problems: readonly string[];
}

/** Why a webhook is not taken. */
export type Refusal =
  /** 401: unknown app or wrong token; nothing was read. */
  | { readonly outcome: 'unauthorized' }
  /** 413 */
  | { readonly outcome: 'too-large'; readonly maxBytes: number }
  /** 415: the body is packed in a way that cannot be read. */
  | { readonly outcome: 'unknown-encoding' }
  /** 400 */
  | { readonly outcome: 'not-json'; readonly reason: string }
  /** 400: an import's time of receipt is no time, or is in the future. */
  | { readonly outcome: 'bad-received-at' };

/** What admission needs beside the request. */
export interface Admission {
  readonly authenticator: Authenticator;
  readonly redact: (json: string) => string;
  /** Of the apps that have rules for personal data. */
  readonly privacy: ReadonlyMap<string, AppPrivacy>;
  readonly settings: Settings;
}

/** The way in that a webhook was posted to, as its URL names it. */
export interface Entrance {
  readonly app: string;
  readonly token: string;
}

/** A request becomes an event, or a refusal: authenticate, read, recognize, name, redact, make private. */
export async function admit(
  request: Request,
  { app, token }: Entrance,
  admission: Admission,
): Promise<Admitted | Refusal> {
  const { authenticator, redact, privacy, settings } = admission;
  if (!authenticator.isKnown(app, token)) return { outcome: 'unauthorized' };

  const received = receivedAt(request, authenticator.isAdmin(request), Date.now());
  if (received === undefined) return { outcome: 'bad-received-at' };

  const body = await readBody(request, settings.MAX_BODY_BYTES);
  if (body.outcome !== 'read') return body;
  const json = parseObject(body.text);
  if (json === undefined) return { outcome: 'not-json', reason: 'it does not parse as one' };

  const arrival = { app, body: body.text, receivedMs: received, traceparent: traceparentIn(request) };
  return admitted(arrival, json, { redact, rules: privacy.get(app) });
}

/** What came, and when. */
interface Arrival {
  readonly app: string;
  /** As it was sent. */
  readonly body: string;
  /** Milliseconds since 1970. */
  readonly receivedMs: number;
  readonly traceparent: string | undefined;
}

/** What is taken out of a body before it is stored. */
interface Discretion {
  readonly redact: (json: string) => string;
  /** Where the app has rules for personal data. */
  readonly rules?: AppPrivacy | undefined;
}

/** A JSON object becomes an event: recognized, named, redacted, made private. @param json the arrival's body */
export function admitted(
  { app, body, receivedMs, traceparent }: Arrival,
  json: JsonObject,
  { redact, rules }: Discretion,
): Admitted {
  const came = recognize(json);
  // Of the body as it came: a redelivery has the same id, whatever is taken out of it.
  const plainIds = identify({ app, recognized: came, body, receivedMs });
  const ids = rules?.ids(plainIds) ?? plainIds;
  const redacted = redact(body);
  const { json: payload, recognized } = rules?.body(redacted, came) ?? { json: redacted, recognized: came };
  const { kind } = recognized;
  const subject = recognized.kind === 'unrecognized' ? ids.id : redactText(recognized.subject, redact);
  return {
    outcome: 'admitted',
    event: {
      id: ids.id,
      retryOf: ids.retryOf,
      app,
      kind,
      subject,
      occurredMs: occurredAt(came, receivedMs),
      receivedMs,
      payload,
      traceparent,
    },
    shardKey: shardKeyOf(kind, subject, ids),
    problems: recognized.kind === 'unrecognized' ? recognized.problems : [],
  };
}

/** A subject is read from the body as it came, and leaves the payload's protection: it may hold JSON as well. */
function redactText(text: string, redact: (json: string) => string): string {
  return JSON.parse(redact(JSON.stringify(text)));
}

function parseObject(text: string): JsonObject | undefined {
  try {
    const parsed = parseJson(text);
    return isJsonObject(parsed) ? parsed : undefined;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

/** What of a trace travels with the event: its ids, and whether it is sampled; one that does not fit is left out. */
function traceparentIn(request: Request): string | undefined {
  const trace = traceContext(request.headers.get('traceparent'));
  return trace && traceparentOf(trace);
}
