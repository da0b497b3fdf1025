import { type } from 'arktype';

const TIMEOUT_MS = 5_000;

const setAsideEvent = type({
  sequence: 'number',
  id: 'string',
  kind: 'string',
  bytes: 'number',
  reason: 'string',
});
const outbox = type({
  outbox: 'string',
  last_sequence: 'number',
  published_sequence: 'number',
  // A Worker of an earlier release makes none.
  'chain?': 'string | null',
  accepted: { '[string]': 'number' },
  pending: 'number',
  set_aside_total: 'number',
  set_aside: setAsideEvent.array(),
});
const silent = type({ outbox: 'string', unavailable: 'true' });
const status = type({ outboxes: outbox.or(silent).array() });

/** An event that the broker refused, as its outbox shows it. */
export type SetAsideEvent = typeof setAsideEvent.infer;

/** What an outbox says of itself, as `GET /status` of the Worker has it. */
export type OutboxState = typeof outbox.infer;

/** The state of the outboxes by name, and why some or all of it is not known. */
export interface OutboxStates {
  readonly outboxes: ReadonlyMap<string, OutboxState>;
  readonly trouble: string | undefined;
}

/** Where the Worker is, and what it lets an administrator in by. */
export interface WorkerAddress {
  readonly WORKER_URL: string;
  readonly ADMIN_TOKEN: string;
}

/** Asks the Worker for its outboxes. Never throws: what cannot be asked is told. */
export async function askOutboxes(
  { WORKER_URL, ADMIN_TOKEN }: WorkerAddress,
  app: string | undefined,
): Promise<OutboxStates> {
  const url = new URL('/status', WORKER_URL);
  const known = (trouble: string | undefined, outboxes: OutboxState[] = []): OutboxStates => ({
    outboxes: new Map(outboxes.map((each) => [each.outbox, each])),
    trouble,
  });
  try {
    const headers = { authorization: `Bearer ${ADMIN_TOKEN}` };
    const response = await fetch(url, { headers, signal: AbortSignal.timeout(TIMEOUT_MS) });
    if (response.status === 401) return known('The Worker refuses ADMIN_TOKEN. Set the one that it has.');
    const answer = status(await response.json());
    if (answer instanceof type.errors) return known(`${url} answers ${response.status}, and no status.`);
    const ours = answer.outboxes.filter((each) => app === undefined || each.outbox.startsWith(`${app}/`));
    const spoke = ours.filter((each) => 'last_sequence' in each);
    const silent = ours.filter((each) => 'unavailable' in each).map((each) => each.outbox);
    return known(silent.length > 0 ? `No answer from the outbox ${silent.join(', ')}.` : undefined, spoke);
  } catch {
    return known(`No Worker answers at ${WORKER_URL}. Set WORKER_URL, or start it.`);
  }
}

/** How much each outbox has accepted; those that did not answer are not in it. Never throws. */
export async function askAccepted(worker: WorkerAddress, app?: string): Promise<ReadonlyMap<string, number>> {
  const { outboxes } = await askOutboxes(worker, app);
  return new Map([...outboxes].map(([name, { last_sequence }]) => [name, last_sequence]));
}
