import { type } from 'arktype';
import { type Finding, findingsOf } from './finding.ts';
import type { Places } from './settings.ts';

const TIMEOUT_MS = 5_000;
/** A broker that is away for so long is no short fault any more. */
const STUCK_MS = 300_000;
const FULL = 0.8;
/** Times of events come from the edge: whoever compares them with others' is off by as much. */
const CLOCK_MS = 5_000;

const outbox = type({
  outbox: 'string',
  pending: 'number',
  oldest_age_ms: 'number',
  database_bytes: 'number',
  max_database_bytes: 'number',
  set_aside_total: 'number',
  'remembers_since?': 'string | null',
  last_fault: type({ what: 'string' }).or('null'),
});
const entry = outbox.or({ outbox: 'string', unavailable: 'true' });
const status = type({ outboxes: entry.array(), 'canary?': entry.or('null') });
const { ok, warning, failure, unknown } = findingsOf('worker');

/** Asks the Worker how it is. Never throws. */
export async function lookAtWorker(places: Places, nowMs: () => number): Promise<Finding[]> {
  const response = await asked(places, '/healthz');
  if (response === undefined) {
    const mend =
      'Start it with "npm start", deploy it with "npm run deploy", or set WORKER_URL to where it is.';
    return [failure(`no Worker answers at ${places.WORKER_URL}`, mend)];
  }
  return [
    ok(`answers at ${places.WORKER_URL}`),
    ...clockOf(response, nowMs()),
    ...(await outboxesOf(places)),
  ];
}

function clockOf(response: Response, nowMs: number): Finding[] {
  const offMs = Math.abs(Date.parse(response.headers.get('date') ?? '') - nowMs);
  // A header that is not there says nothing; its seconds are whole.
  if (!(offMs > CLOCK_MS)) return [];
  const what = `its clock and this machine's are ${Math.round(offMs / 1_000)} s apart`;
  return [warning(what, 'Set the clock of this machine by NTP.')];
}

async function outboxesOf(places: Places): Promise<Finding[]> {
  const response = await asked(places, '/status', { authorization: `Bearer ${places.ADMIN_TOKEN}` });
  if (response?.status === 401)
    return [failure('it refuses ADMIN_TOKEN', 'Set ADMIN_TOKEN to the one that the Worker has.')];
  const answer = status(await response?.json().catch(() => undefined));
  if (answer instanceof type.errors)
    return [unknown('its answer to /status is none that this version knows')];
  if (answer.outboxes.length === 0) return [ok('no outbox yet: nothing has come')];
  const { outboxes, canary } = answer;
  const findings = [...outboxes, ...(canary ? [canary] : [])].flatMap((each) =>
    'pending' in each
      ? ofOutbox(each)
      : [failure(`outbox ${each.outbox} does not answer`, 'Try again; the log of the Worker says more.')],
  );
  return findings.length > 0 ? findings : [ok(`${answer.outboxes.length} outboxes publish`)];
}

function ofOutbox(state: typeof outbox.infer): Finding[] {
  const findings: Finding[] = [];
  const name = `outbox ${state.outbox}`;
  if (state.pending > state.set_aside_total && state.oldest_age_ms > STUCK_MS) {
    const fault = state.last_fault === null ? 'no fault is known' : `last fault: ${state.last_fault.what}`;
    const what = `${name}: ${state.pending} events wait, the oldest for ${Math.round(state.oldest_age_ms / 60_000)} min; ${fault}`;
    findings.push(
      failure(what, 'See to Kafka, and to whether the Worker reaches it; nothing is lost meanwhile.'),
    );
  }
  if (state.set_aside_total > 0) {
    const what = `${name}: Kafka refuses ${state.set_aside_total} events`;
    findings.push(
      warning(what, '"npm run audit" names them and the reason; they are tried again every hour.'),
    );
  }
  if (state.database_bytes > FULL * state.max_database_bytes) {
    const what = `${name}: its database has grown to ${Math.round((100 * state.database_bytes) / state.max_database_bytes)} % of its limit`;
    findings.push(
      warning(what, 'Raise OUTBOX_SHARDS, lower DEDUP_DAYS, or raise OUTBOX_MAX_BYTES (9.5 GB at the most).'),
    );
  }
  if (typeof state.remembers_since === 'string') {
    const what = `${name}: for want of room, redeliveries from before ${state.remembers_since} are not known`;
    findings.push(warning(what, 'Raise OUTBOX_SHARDS, or lower DEDUP_DAYS.'));
  }
  return findings;
}

async function asked({ WORKER_URL }: Places, path: string, headers: Record<string, string> = {}) {
  const signal = AbortSignal.timeout(TIMEOUT_MS);
  return fetch(new URL(path, WORKER_URL), { headers, signal }).catch(() => undefined);
}
