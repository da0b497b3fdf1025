import { isQiscusEvent, type QiscusEvent, type Undecodable } from '../decode.ts';
import { backOff } from '../group/backoff.ts';
import type { Slots } from '../group/slots.ts';
import { type DeadLetters, type Failure, type Source, sendDeadLetter } from './dead-letters.ts';
import type { Plan } from './options.ts';
import type { RecentIds } from './recent-ids.ts';

/** What has become of messages since the subscription began. */
export interface Counts {
  handled: number;
  /** Came again within the window, and were left out. */
  duplicates: number;
  deadLetters: number;
  /** Times that the handler threw. */
  failures: number;
}

export interface HandleDeps {
  readonly plan: Plan;
  readonly slots: Slots;
  readonly recent: RecentIds;
  readonly deadLetters: DeadLetters;
  readonly counts: Counts;
}

/** A message, and what it carries. */
export interface Item extends Source {
  readonly content: QiscusEvent | Undecodable;
}

/** When to end. */
export interface Signals {
  /** The stay in the group is over: what is not done is somebody else's. */
  readonly stay: AbortSignal;
  /** Nothing more is begun; the stay's end or the subscription's. */
  readonly begin: AbortSignal;
}

/**
 * How the handling of a message ended.
 * - `done`: handled, known already, or in the dead-letter topic; its offset may move
 * - `abandoned`: whoever reads it next begins anew
 */
export type Handled = 'done' | 'abandoned';

/** Sees one message through. */
export async function handle(source: Item, deps: HandleDeps, signals: Signals): Promise<Handled> {
  if (signals.begin.aborted) return 'abandoned';
  const { plan, recent, counts } = deps;
  const event = source.content;
  if (!isQiscusEvent(event)) return bury(source, { stage: 'decode', reason: event.problem }, deps, signals);
  if (!plan.kinds.has(event.kind)) {
    return bury(
      source,
      { stage: 'decode', reason: 'it is no event of this topic', id: event.id },
      deps,
      signals,
    );
  }
  const place = `${source.topic}/${source.partition}`;
  if (recent.has(place, event.id)) {
    counts.duplicates++;
    return 'done';
  }
  const ending = await tryHandler(source, event, deps, signals);
  if (ending === 'done') recent.add(place, event.id);
  return ending;
}

async function tryHandler(
  source: Source,
  event: QiscusEvent,
  deps: HandleDeps,
  signals: Signals,
): Promise<Handled> {
  const { plan, slots, counts } = deps;
  for (let attempt = 0; !signals.begin.aborted; attempt++) {
    try {
      await slots.run(async () => plan.onEvent(event, { signal: signals.stay, attempt }));
      counts.handled++;
      return 'done';
    } catch (error) {
      counts.failures++;
      // It ended early because it was told to, or by itself: both ways it is not done here.
      if (signals.stay.aborted) return 'abandoned';
      const isLast = attempt >= plan.retries;
      const next = isLast ? 'goes to the dead-letter topic' : 'is tried again';
      plan.onTrouble({ what: `the handler threw; the event ${next}`, error, event });
      if (isLast) {
        return bury(source, { stage: 'handle', reason: reasonOf(error), id: event.id }, deps, signals);
      }
      await backOff(attempt, signals.begin);
    }
  }
  return 'abandoned';
}

async function bury(source: Source, failure: Failure, deps: HandleDeps, { stay }: Signals): Promise<Handled> {
  if (!(await sendDeadLetter(source, failure, deps.deadLetters, stay))) return 'abandoned';
  deps.counts.deadLetters++;
  if (failure.stage === 'decode') {
    const { topic, partition, message } = source;
    const where = `${topic}, partition ${partition}, offset ${message.offset}`;
    deps.plan.onTrouble({
      what: `a message went to the dead-letter topic, from ${where}: ${failure.reason}`,
    });
  }
  return 'done';
}

/** It stands beside the event itself, in the subscriber's own topic. */
function reasonOf(error: unknown): string {
  return error instanceof Error ? `${error.name}: ${error.message}` : 'the handler threw what is no error';
}
