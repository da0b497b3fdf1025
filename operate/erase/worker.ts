import { type } from 'arktype';
import type { WorkerAddress } from '../../consumer/books/audit/outboxes.ts';
import { CommandError } from '../../consumer/cli/command.ts';

const TIMEOUT_MS = 60_000;

const cursor = type({ segments: 'number', singles: 'number' }).or('null');
const part = type({ outbox: 'string', events: 'number', after: cursor });
const silent = type({ outbox: 'string', unavailable: 'true' });
const answer = type({ ids: 'string[]', outboxes: part.or(silent).array() });

/** Whom, and which rooms are theirs alone. */
export interface AskedOutboxes {
  readonly app: string;
  readonly customer: string;
  readonly ids: readonly string[];
  readonly rooms: readonly string[];
  readonly isDryRun: boolean;
}

/** What the outboxes had. */
export interface OutboxesErased {
  /** All ids under which the customer is stored: their pseudonyms too, where the app has any. */
  readonly ids: readonly string[];
  readonly events: number;
  /** Those that did not answer. */
  readonly silent: readonly string[];
}

/**
 * Has the Worker take a customer out of what waits in its outboxes, part by part.
 * @throws CommandError where it does not answer, or refuses
 */
export async function eraseFromOutboxes(
  worker: WorkerAddress,
  asked: AskedOutboxes,
): Promise<OutboxesErased> {
  let after: Record<string, typeof cursor.infer> = {};
  let events = 0;
  for (;;) {
    const { ids, outboxes } = await post(worker, asked, after);
    const parts = outboxes.filter((each) => 'events' in each);
    const silent = outboxes.filter((each) => 'unavailable' in each).map(({ outbox }) => outbox);
    events += parts.reduce((sum, each) => sum + each.events, 0);
    after = { ...after, ...Object.fromEntries(parts.map((each) => [each.outbox, each.after])) };
    if (silent.length > 0 || parts.every((each) => each.after === null)) return { ids, events, silent };
  }
}

async function post(worker: WorkerAddress, asked: AskedOutboxes, after: object) {
  const { app, customer, ids, rooms, isDryRun } = asked;
  const url = new URL('/erase', worker.WORKER_URL);
  const response = await fetch(url, {
    method: 'POST',
    headers: { authorization: `Bearer ${worker.ADMIN_TOKEN}`, 'content-type': 'application/json' },
    body: JSON.stringify({ app, customer, ids, rooms, after, dry_run: isDryRun }),
    signal: AbortSignal.timeout(TIMEOUT_MS),
  }).catch(() => undefined);
  if (response === undefined) {
    throw new CommandError(`No Worker answers at ${worker.WORKER_URL}. Set WORKER_URL, or start it.`);
  }
  if (response.status === 401)
    throw new CommandError('The Worker refuses ADMIN_TOKEN. Set the one that it has.');
  const told = answer(await response.json().catch(() => undefined));
  if (!(told instanceof type.errors)) return told;
  if (response.status === 404) {
    throw new CommandError(
      'The Worker has no such app, or is of an earlier release: look at --app, or deploy it.',
    );
  }
  throw new CommandError(
    `${url} answers ${response.status}, and not what was erased. Look at the Worker's log.`,
  );
}
