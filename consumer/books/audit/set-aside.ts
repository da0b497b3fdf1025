import type { OutboxState, SetAsideEvent } from './outboxes.ts';
import { count, type Range, without } from './ranges.ts';

/** The numbers of an outbox that do not stand, by whether the broker refused them. */
export interface SplitAbsent {
  /** How many the broker refused. */
  readonly setAside: number;
  /** The oldest of them, which the outbox names. */
  readonly events: readonly SetAsideEvent[];
  /** All numbers that it does not name as refused. */
  readonly others: readonly Range[];
  /** How many of these are refused all the same: of very many, the outbox names the oldest only. */
  readonly unnamed: number;
}

/**
 * Tells what the broker refused from what is on its way or lost. An event that stands by now was let through since the
 * outbox was asked.
 */
export function splitSetAside(absent: readonly Range[], state: OutboxState | undefined): SplitAbsent {
  const named = state?.set_aside ?? [];
  const events = named.filter(({ sequence }) => holds(absent, sequence));
  const others = without(
    absent,
    events.map(({ sequence }) => sequence),
  );
  const unnamed = Math.min(count(others), (state?.set_aside_total ?? 0) - named.length);
  return { setAside: events.length + unnamed, events, others, unnamed };
}

function holds(ranges: readonly Range[], number: number): boolean {
  return ranges.some(({ first, last }) => first <= number && number <= last);
}
