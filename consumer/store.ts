import { isCanary } from '../schemas/canary.ts';
import { backOff } from '../schemas/group/backoff.ts';
import type { InsertDeps } from './persist/insert.ts';
import { insertLot } from './persist/insert-lot.ts';
import type { StoreLot } from './settle/accumulator.ts';
import type { FailedWork } from './settle/dead-letter.ts';
import type { ErasedWork } from './settle/erased-work.ts';
import { type DeadLetterDeps, sendDeadLetters } from './settle/send-dead-letters.ts';
import type { Hold, Settled, Stored } from './settle/settle.ts';
import { exemplarLabels } from './watch/exemplar.ts';
import { idsOf } from './watch/ids.ts';
import type { Spans } from './watch/spans.ts';
import type { Effort, Held, Unsettled, Work } from './work.ts';

// One second and a half, in which most troubles pass; then what fails steps aside, and other lots go on.
const TOGETHER: Effort = { tries: 5, vainTries: 0 };
const MIN_VAIN_TRIES = 25;
const MAX_VAIN_TRIES = 200;

export interface StoreDeps extends InsertDeps {
  /** Undefined where nobody asks for spans. */
  readonly spans?: Spans | undefined;
  readonly deadLetters: DeadLetterDeps;
  readonly erased: Pick<ErasedWork, 'applied'>;
  /** Told of an error that no waiting mends; must end the process. */
  readonly onFatal: (error: unknown) => void;
}

/**
 * Stages 6 and 7 of a lot: rows → ClickHouse, dead letters aside. The lot is tried as a whole first. What of it still
 * fails then is tried batch by batch, each in its own time and for ever: what fails for one reason holds nothing that
 * fails for none.
 */
export function createStore(deps: StoreDeps): StoreLot<Work> {
  const { deadLetters, erased, metrics, log, spans, onFatal } = deps;

  async function store(
    batches: readonly (readonly Work[])[],
    signal: AbortSignal,
  ): Promise<readonly Stored[]> {
    const came = batches.flat().map((work) => ({ work }));
    const allowed = (await erased.applied(came, signal)).map(({ work }) => work);
    const lot = allowed.map((work) => ({ work, standing: 0, failure: work.failure }));
    const held = await advance(lot, TOGETHER, signal);
    if (held === 'abandoned') return [];
    const heldOf = new Map(held.map((each) => [each.work, each]));
    let first = 0;
    return batches.map(({ length }) => {
      const batch = allowed.slice(first, first + length);
      first += length;
      const rest = batch.flatMap((work) => heldOf.get(work) ?? []);
      return endingOf(rest, signal);
    });
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
      if (work.event === undefined || waiting.has(work)) continue;
      spans?.settled(work, failed.get(work)?.failure);
      if (isCanary(work.event)) continue;
      metrics.visibleSeconds.observe({
        value: (Date.now() - work.event.receivedMs) / 1_000,
        exemplarLabels: exemplarLabels(work.event.traceparent),
      });
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
