import { setTimeout as sleep } from 'node:timers/promises';
import type { ChainLine } from './chain/line.ts';
import { Flight } from './flight.ts';
import { judge } from './judge.ts';
import type { Ledger } from './ledger.ts';
import { isWrong, type Line } from './line.ts';
import type { OutboxStates } from './outboxes.ts';
import type { Sealed } from './sealed.ts';
import { lagOf, type StreamState } from './stream.ts';

const IDLE = {
  outboxes: 'No outbox published anything meanwhile. GET /status of the Worker says why, as last_fault.',
  consumer: 'The consumer settled nothing meanwhile. Look whether it runs, and at its log.',
} as const;

/** Who knows what: each may be asked again and again. */
export interface Witnesses {
  outboxes(): Promise<OutboxStates>;
  /** Undefined where Kafka cannot be asked. */
  stream(): Promise<StreamState | undefined>;
  /** @throws what the client throws */
  ledger(): Promise<Ledger>;
}

/**
 * How the audit ended.
 * - `balanced`: every event that had been accepted when it began is where answers come from, once, or a person
 *   knows that it is not: it waits as a dead letter, or was dismissed as one
 * - `in-flight`: what does not may be on its way still
 * - `unbalanced`: events are missing, unexpected, foreign, counted twice or set aside
 * - `unknown`: a part did not answer, without which it cannot be said
 */
export type Verdict = 'balanced' | 'in-flight' | 'unbalanced' | 'unknown';

export interface Audit {
  readonly verdict: Verdict;
  readonly lines: readonly Line[];
  /** Messages that wait for the consumer group; null where Kafka did not answer. */
  readonly lag: number | null;
  /** What could not be asked, and what to do about it. */
  readonly troubles: readonly string[];
  /** Where something is no longer kept: of what, and up to when. */
  readonly sealed?: readonly Sealed[];
  /** The chains of the outboxes, where they were walked. */
  readonly chains?: readonly ChainLine[];
}

interface Clock {
  readonly now: () => number;
  readonly sleep: (ms: number) => Promise<unknown>;
}

const EVERY_MS = 500;
const CLOCK: Clock = { now: () => performance.now(), sleep: (ms) => sleep(ms) };

export interface AuditOptions {
  readonly waitMs: number;
  /** Told after each look that did not settle it. */
  readonly onWait: (audit: Audit) => void;
  /** The passing of time, in milliseconds; given by tests, which have none to lose. */
  readonly clock?: Clock;
}

/**
 * Balances the books of what was accepted up to now; waits for what is in flight. What looks wrong is looked at
 * twice: ClickHouse reads its tables one after the other, and inserts go on meanwhile.
 * @throws what ClickHouse's client throws
 */
export async function audit(
  witnesses: Witnesses,
  { waitMs, onWait, clock = CLOCK }: AuditOptions,
): Promise<Audit> {
  const deadlineMs = clock.now() + waitMs;
  let states = await witnesses.outboxes();
  const flight = new Flight(states);
  // Without them there is nothing to wait for: what is in flight would not be known to have landed.
  const isHopeless = states.trouble !== undefined;
  let before: Verdict | undefined;
  for (;;) {
    const found = await look(witnesses, flight, states);
    const { verdict } = found;
    if (verdict === 'balanced' || (verdict === 'unbalanced' && before === 'unbalanced')) return found;
    if (verdict !== 'unbalanced' && (isHopeless || clock.now() >= deadlineMs)) return found;
    before = verdict;
    onWait(found);
    await clock.sleep(EVERY_MS);
    states = await witnesses.outboxes();
  }
}

async function look(witnesses: Witnesses, flight: Flight, states: OutboxStates): Promise<Audit> {
  const stream = await witnesses.stream();
  flight.observe(states.outboxes, stream);
  const ledger = await witnesses.ledger();
  const { outboxes: outboxesAfter } = await witnesses.outboxes();
  const lines = judge({ flight, outboxes: states.outboxes, outboxesAfter, ledger });
  const verdict = verdictOf(lines, states.trouble === undefined, stream !== undefined);
  const noKafka =
    'Kafka, its topics or the group cannot be asked. Look at KAFKA_BROKERS, TOPIC_PREFIX and CONSUMER_GROUP.';
  const idle = verdict === 'in-flight' && flight.idle !== undefined ? IDLE[flight.idle] : undefined;
  const troubles = [states.trouble, stream === undefined ? noKafka : undefined, idle];
  return {
    verdict,
    lines,
    lag: stream === undefined ? null : lagOf(stream),
    troubles: troubles.filter((trouble) => trouble !== undefined),
  };
}

function verdictOf(lines: readonly Line[], knowsOutboxes: boolean, knowsStream: boolean): Verdict {
  if (lines.some(isWrong)) return 'unbalanced';
  if (!knowsOutboxes) return 'unknown';
  if (lines.every(({ unsettled }) => unsettled === 0)) return 'balanced';
  return knowsStream ? 'in-flight' : 'unknown';
}
