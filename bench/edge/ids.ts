import { mostIds } from '../../worker/outbox/room.ts';
import type { Processes } from '../processes.ts';
import { median, quantile } from '../statistics.ts';
import { usageOf, usedSince } from '../usage.ts';
import { summaryOf } from './lasting.ts';
import { postFor, type Stretch } from './load.ts';
import { forgottenIds, MOST_BYTES, remember } from './remembered.ts';
import { allPublished, type BenchWorker, outboxStates, outboxTotals, type Workers } from './workers.ts';

/** How much is measured. */
export interface Plan {
  /** How many ids an outbox remembers when it begins: a Worker for each. */
  readonly sizes: readonly number[];
  readonly rounds: number;
  readonly turnMs: number;
  /** So many webhooks come to an outbox that was started again before it is to forget: its code is slow at first. */
  readonly warmUp: number;
}

/** What webhooks cost an outbox that remembers so many ids: medians of the rounds. */
export interface Cost {
  /** Before the first round. */
  readonly ids: number;
  readonly database_mb: number;
  readonly per_second: number;
  readonly p99_ms: number;
  /** Of all rounds. */
  readonly slowest_ms: number;
  /** Of workerd, until all was published. */
  readonly cpu_us_per_event: number;
  /** The same of webhooks whose ids it knows already. */
  readonly known_per_second: number;
  readonly known_cpu_us_per_event: number;
  /** Answers other than 202. */
  readonly failures: number;
}

/** How webhooks, and `/status`, fared in the second in which the oldest ids were forgotten, a table at once. */
export interface Forgetting {
  readonly ids: number;
  readonly slowest_ms: number;
}

/** A Worker, and how many ids its one outbox remembered at first. */
interface Remembering {
  readonly worker: BenchWorker;
  readonly ids: number;
  readonly databaseMb: number;
}

/** A turn with new webhooks, and one with the same again. */
interface Round {
  readonly fresh: Measured;
  readonly known: Measured;
}

interface Measured extends Stretch {
  readonly cpuUs: number;
}

const SLICE_MS = 1_000;
const BYTES_PER_MB = 1e6;

/** Starts a Worker whose outbox remembers so many ids. */
export async function startRemembering(
  workers: Workers,
  processes: Processes,
  ids: number,
): Promise<Remembering> {
  const empty = await workers.start('real', settingsOf(MOST_BYTES));
  // Its outbox is made when it is asked for.
  await outboxStates(empty);
  await processes.stop(empty.child);
  remember(empty, ids);
  const worker = await workers.start('real', settingsOf(MOST_BYTES), empty.dir);
  const [outbox] = await outboxStates(worker);
  return { worker, ids, databaseMb: Math.round((outbox?.database_bytes ?? 0) / BYTES_PER_MB) };
}

/** What webhooks cost each Worker: they take turns, after a round that warms them up. */
export async function costs(
  all: readonly Remembering[],
  { rounds, turnMs }: Plan,
  show: (done: number, total: number) => void,
): Promise<Cost[]> {
  const measured = all.map((): Round[] => []);
  const total = (rounds + 1) * all.length;
  for (let round = 0; round <= rounds; round++) {
    for (const [at, { worker }] of all.entries()) {
      show(round * all.length + at, total);
      const turns = await takeTurns(worker, turnMs);
      if (round > 0) measured[at]?.push(turns);
    }
  }
  show(total, total);
  return all.map((each, at) => costOf(each, measured[at] ?? []));
}

/** Starts a Worker again with room for few more ids than it has, and posts until it has forgotten the oldest. */
export async function forgetting(
  workers: Workers,
  processes: Processes,
  { worker, more }: { readonly worker: BenchWorker; readonly more: number },
): Promise<Forgetting> {
  // None was forgotten so far.
  const { accepted } = await outboxTotals(worker);
  await processes.stop(worker.child);
  const room = (MOST_BYTES * (accepted + more)) / mostIds(MOST_BYTES);
  const again = await workers.start('real', settingsOf(Math.round(room)), worker.dir);
  const sender = { ...again, nextBody: worker.nextBody };
  for (;;) {
    const { slowest_ms } = summaryOf(await postFor(sender, SLICE_MS));
    const startMs = performance.now();
    const isForgotten = (await outboxStates(sender)).some(({ remembers_since }) => remembers_since !== null);
    const statusMs = Math.round(performance.now() - startMs);
    if (!isForgotten) continue;
    await processes.stop(again.child);
    return { ids: forgottenIds(again), slowest_ms: Math.max(slowest_ms, statusMs) };
  }
}

/** One outbox, so that all ids are in it; the canary would have another. */
function settingsOf(maxBytes: number) {
  return { OUTBOX_SHARDS: '1', CANARY: 'false', OUTBOX_MAX_BYTES: String(maxBytes) };
}

async function takeTurns(worker: BenchWorker, turnMs: number): Promise<Round> {
  const bodies: string[] = [];
  const nextBody = () => {
    const body = worker.nextBody();
    bodies.push(body);
    return body;
  };
  const fresh = await measured({ ...worker, nextBody }, turnMs);
  // Again and again, where they are faster than the new ones were.
  let n = 0;
  const known = await measured({ ...worker, nextBody: () => bodies[n++ % bodies.length] ?? '' }, turnMs);
  return { fresh, known };
}

async function measured(worker: BenchWorker, turnMs: number): Promise<Measured> {
  const before = usageOf(worker.child);
  const stretch = await postFor(worker, turnMs);
  await allPublished(worker);
  const { cpuMs } = usedSince(before, usageOf(worker.child));
  const answers = stretch.latenciesMs.length + stretch.failures;
  return { ...stretch, cpuUs: (cpuMs * 1_000) / answers };
}

function costOf({ ids, databaseMb }: Remembering, rounds: readonly Round[]): Cost {
  const middle = (value: (round: Round) => number) => Math.round(median(rounds.map(value)));
  return {
    ids,
    database_mb: databaseMb,
    per_second: middle(({ fresh }) => fresh.perSecond),
    p99_ms: middle(({ fresh }) => quantile(fresh.latenciesMs, 0.99)),
    slowest_ms: Math.max(...rounds.map(({ fresh }) => summaryOf(fresh).slowest_ms)),
    cpu_us_per_event: middle(({ fresh }) => fresh.cpuUs),
    known_per_second: middle(({ known }) => known.perSecond),
    known_cpu_us_per_event: middle(({ known }) => known.cpuUs),
    failures: rounds.reduce((sum, { fresh, known }) => sum + fresh.failures + known.failures, 0),
  };
}
