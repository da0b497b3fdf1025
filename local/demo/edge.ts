import { setTimeout as sleep } from 'node:timers/promises';
import { backoffMs } from '../../schemas/group/backoff.ts';
import { Trouble } from '../trouble.ts';
import type { Delivery } from './simulator/simulate.ts';

/** The Worker to post to, and what it takes for an administrator's import. */
export interface Edge {
  /** Scheme, host and port. */
  readonly url: string;
  readonly token: string;
  readonly adminToken: string;
}

/** What became of a webhook. */
export type Posted =
  | { readonly outcome: 'accepted'; readonly isDuplicate: boolean }
  /** It will not be taken however often it is sent. */
  | { readonly outcome: 'refused'; readonly status: number };

/** So long without a word, and the edge is given up. */
const PATIENCE_MS = 60_000;

/**
 * Posts a webhook as received when the delivery says, and waits and posts again while the edge cannot take it: safe, as
 * the same webhook is the same event.
 * @param onPause told before each wait, with its milliseconds
 * @throws Trouble when the app or its token is wrong, or the edge stays away for a minute
 */
export async function post(edge: Edge, delivery: Delivery, onPause: (ms: number) => void): Promise<Posted> {
  const since = performance.now();
  for (let tries = 0; ; tries++) {
    const answer = await request(edge, delivery);
    if (answer?.status === 202) {
      const { duplicate } = JSON.parse(answer.body) as { duplicate: boolean };
      return { outcome: 'accepted', isDuplicate: duplicate };
    }
    if (answer?.status === 401) throw new Trouble(unknownApp(edge, delivery.app));
    if (answer !== undefined && answer.status < 500) return { outcome: 'refused', status: answer.status };
    if (performance.now() - since > PATIENCE_MS) throw new Trouble(stayedAway(edge, answer?.status));
    const waitMs = answer?.retryAfterMs ?? backoffMs(tries, Math.random());
    onPause(waitMs);
    await sleep(waitMs);
  }
}

interface Answer {
  readonly status: number;
  readonly body: string;
  /** What `Retry-After` asks for; this Worker gives it in seconds. */
  readonly retryAfterMs: number | undefined;
}

/** Undefined when nothing answers, or the answer breaks off. */
async function request(edge: Edge, { app, body, receivedMs }: Delivery): Promise<Answer | undefined> {
  try {
    const response = await fetch(`${edge.url}/webhooks/${app}/${encodeURIComponent(edge.token)}`, {
      method: 'POST',
      body,
      headers: {
        'content-type': 'application/json',
        authorization: `Bearer ${edge.adminToken}`,
        'x-received-at': new Date(receivedMs).toISOString(),
      },
    });
    const seconds = response.headers.get('retry-after');
    const retryAfterMs = seconds === null ? undefined : Number(seconds) * 1000;
    return { status: response.status, body: await response.text(), retryAfterMs };
  } catch (error) {
    // What fetch throws when the connection is refused or lost.
    if (error instanceof TypeError) return undefined;
    throw error;
  }
}

function unknownApp({ url }: Edge, app: string): string {
  return `The Worker at ${url} does not know the app "${app}" with this token. Give others with --app and --token.`;
}

function stayedAway({ url }: Edge, status: number | undefined): string {
  const last = status === undefined ? 'nothing answers' : `it answers ${status}`;
  return `The Worker at ${url} took nothing for a minute: ${last}. Look at its log, then run this again: what was sent counts once.`;
}

/** The last sequence number of each of an app's outboxes. */
export type Sequences = ReadonlyMap<string, number>;

/**
 * Asks the Worker how far its outboxes are.
 * @throws Trouble when it does not answer, or ADMIN_TOKEN is not its own
 */
export async function sequencesOf({ url, adminToken }: Edge, app: string): Promise<Sequences> {
  const headers = { authorization: `Bearer ${adminToken}` };
  const response = await fetch(`${url}/status`, { headers }).catch(() => undefined);
  if (response === undefined) {
    throw new Trouble(`No Worker answers at ${url}. Run "npm start" first, or give another with --url.`);
  }
  if (response.status === 401)
    throw new Trouble(`The Worker at ${url} has another ADMIN_TOKEN. Set it here too.`);
  if (!response.ok) throw new Trouble(`The Worker at ${url} answers ${response.status} for its status.`);
  const { outboxes } = (await response.json()) as { outboxes: { outbox: string; last_sequence?: number }[] };
  const own = outboxes.filter(({ outbox }) => outbox.slice(0, outbox.lastIndexOf('/')) === app);
  return new Map(own.map(({ outbox, last_sequence = 0 }) => [outbox, last_sequence]));
}
