import { isCanary } from '../schemas/canary.ts';
import { backOff } from '../schemas/group/backoff.ts';
import type { PackedBatch, Traced } from './packed-batch.ts';
import type { InsertDeps } from './persist/insert.ts';
import { insertLot } from './persist/insert-lot.ts';
import { insertPacked } from './persist/insert-packed.ts';
import type { StoreLot } from './settle/accumulator.ts';
import type { FailedWork } from './settle/dead-letter.ts';
import type { ErasedWork } from './settle/erased-work.ts';
import { type DeadLetterDeps, sendDeadLetters } from './settle/send-dead-letters.ts';
import type { Hold, Settled, Stored } from './settle/settle.ts';
import { exemplarLabels } from './watch/exemplar.ts';
import { idsOf } from './watch/ids.ts';
import type { Spans } from './watch/spans.ts';
import type { Effort, Failure, Held, Unsettled, Work } from './work.ts';

// One second and a half, in which most troubles pass; then what fails steps aside, and other lots go on.
const TOGETHER: Effort = { tries: 5, vainTries: 0 };
const NO_TABLE: ReadonlySet<string> = new Set();
const MIN_VAIN_TRIES = 25;
const MAX_VAIN_TRIES = 200;

export interface StoreDeps extends InsertDeps {
  /** Undefined where nobody asks for spans. */
  readonly spans?: Spans | undefined;
  readonly deadLetters: DeadLetterDeps;
  readonly erased: Pick<ErasedWork, 'applied' | 'hasAny'>;
  /** Told of an error that no waiting mends; must end the process. */
  readonly onFatal: (error: unknown) => void;
}

/**
 * Stages 6 and 7 of a lot: rows → ClickHouse, dead letters aside. The lot is tried as a whole first, packed as it is.
 * What of it fails then is taken apart, and what still fails is tried batch by batch, each in its own time and for
 * ever: what fails for one reason holds nothing that fails for none.
 */
export function createStore(deps: StoreDeps): StoreLot<PackedBatch> {
  const { deadLetters, erased, metrics, log, spans, onFatal } = deps;

  async function store(batches: readonly PackedBatch[], signal: AbortSignal): Promise<readonly Stored[]> {
    const left = await storePacked(batches, signal);
    if (left === 'abandoned') return [];
    const came = left.flat();
    if (came.length === 0) return batches.map(() => ({ ending: 'stored' }));
    const allowed = await erased.applied(came, signal);
    const held = await advance(allowed, TOGETHER, signal);
    if (held === 'abandoned') return [];
    const heldOf = new Map(held.map((each) => [each.work, each]));
    let first = 0;
    return left.map(({ length }) => {
      const batch = allowed.slice(first, first + length);
      first += length;
      const rest = batch.flatMap(({ work }) => heldOf.get(work) ?? []);
      return endingOf(rest, signal);
    });
  }

  /** Stores what is packed. @returns what is left to do of each batch */
  async function storePacked(
    batches: readonly PackedBatch[],
    signal: AbortSignal,
  ): Promise<readonly (readonly Unsettled[])[] | 'abandoned'> {
    const ids = batches.flatMap((batch) => batch.ids);
    if (await erased.hasAny(ids, signal)) return batches.map((batch) => batch.unpacked(NO_TABLE));
    const rows = batches.map((batch) => batch.rows);
    const outcome = await insertPacked(rows, deps, signal);
    if (outcome.ending === 'abandoned') return outcome.ending;
    if (!outcome.isWhole) return batches.map((batch) => batch.unpacked(outcome.standing));
    for (const batch of batches) {
      tellStored(batch);
      batch.release();
    }
    return batches.map(({ rest }) => rest);
  }

  function tellStored({ receivedMs, traced }: PackedBatch): void {
    for (const ms of receivedMs) observe(ms, undefined);
    for (const each of traced) tellVisible(each, undefined);
  }

  function observe(receivedMs: number, traceparent: string | undefined): void {
    const value = (Date.now() - receivedMs) / 1_000;
    metrics.visibleSeconds.observe({ value, exemplarLabels: exemplarLabels(traceparent) });
  }

  function tellVisible({ source, event }: Traced, failure: Failure | undefined): void {
    spans?.settled({ source, event }, failure);
    if (!isCanary(event)) observe(event.receivedMs, event.traceparent);
  }

  function endingOf(rest: readonly Held[], signal: AbortSignal): Stored {
    if (rest.length === 0) return { ending: 'stored' };
    let changed: (hold: Hold) => void = () => {};
    const later = untilSettled(rest, (after) => changed(holdOf(after)), signal).catch(giveUp);
    const watch = (listener: typeof changed) => {
      changed = listener;
    };
    return { ending: 'held', hold: holdOf(rest), watch, later };
  }

  async function untilSettled(
    held: readonly Held[],
    tell: (rest: readonly Held[]) => void,
    signal: AbortSignal,
  ): Promise<Settled> {
    let rest = held;
    for (let attempt = 0; rest.length > 0; attempt++) {
      await backOff(attempt, signal);
      // Whoever was erased while their rows waited does not go in with them.
      const allowed = await erased.applied(rest, signal);
      const after = signal.aborted ? 'abandoned' : await advance(allowed, alone(attempt), signal);
      if (after === 'abandoned') return 'abandoned';
      rest = after;
      const [first] = rest;
      if (first !== undefined) log.warn({ ...holdOf(rest), ...idsOf(first.work), attempt }, 'still held');
      tell(rest);
    }
    return 'stored';
  }

  /** Brings each work as far as it comes now. @returns those that are not settled yet */
  async function advance(
    lot: readonly Unsettled[],
    effort: Effort,
    signal: AbortSignal,
  ): Promise<readonly Held[] | 'abandoned'> {
    const inserted = await insertLot(lot, deps, effort, signal);
    if (inserted.ending === 'abandoned') return 'abandoned';
    const waiting = new Set<Work>(inserted.held.map(({ work }) => work));
    const failed = new Map(inserted.poison.map((each) => [each.work, each]));
    for (const { work, failure } of lot) {
      if (failure !== undefined && !waiting.has(work) && !failed.has(work))
        failed.set(work, { work, failure });
    }
    const sent = await sendDeadLetters([...failed.values()].filter(isOwn), deadLetters, effort, signal);
    if (sent.ending === 'abandoned') return 'abandoned';
    const unsent = sent.unsent.map(unsentLetter);
    for (const { work } of unsent) waiting.add(work);
    for (const { work } of lot) {
      const { source, event } = work;
      if (event !== undefined && !waiting.has(work))
        tellVisible({ source, event }, failed.get(work)?.failure);
    }
    return [...inserted.held, ...unsent];
  }

  /**
   * A dead letter that its table refuses stays in its topic: sent there again, it would go round for ever. A canary
   * becomes none: it is nobody's to send through again.
   */
  function isOwn({ work, failure }: FailedWork): boolean {
    const isLetter = work.source.topic === deadLetters.topic;
    const isOfCanary = work.event !== undefined && isCanary(work.event);
    if (!isLetter && !isOfCanary) return true;
    const what = isLetter ? 'dead letter kept in its topic alone' : 'canary refused';
    log.error({ ...failure, ...idsOf(work) }, what);
    return false;
  }

  function giveUp(error: unknown): Settled {
    onFatal(error);
    return 'abandoned';
  }

  return (batches, signal) =>
    store(batches, signal).catch((error: unknown) => {
      onFatal(error);
      return [];
    });
}

/** What fails alone is taken apart, each time further: a few tries tell a table that takes nothing at all. */
function alone(attempt: number): Effort {
  return { tries: 1, vainTries: Math.min(MAX_VAIN_TRIES, MIN_VAIN_TRIES * 2 ** Math.min(attempt, 10)) };
}

function holdOf(rest: readonly Held[]): Hold {
  return { reason: rest[0]?.reason ?? '', messages: rest.length };
}

function unsentLetter({ work, failure }: FailedWork): Held {
  return { work, standing: work.rows.length, failure, reason: 'its dead letter cannot be sent' };
}
