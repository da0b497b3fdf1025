import fc from 'fast-check';
import type { StreamEvent } from '../../schemas/event.ts';
import type { Kind } from '../../schemas/webhooks.ts';
import { event, sample } from '../consumer/events.ts';

const HOUR_MS = 3_600_000;
/** The events of a history arrive within these months. */
export const MONTHS = [202401, 202402, 202403, 202404];
export const FIRST_MS = Date.UTC(2024, 0, 1);
const HOURS = (Date.UTC(2024, 4, 1) - FIRST_MS) / HOUR_MS;
/** All but the last month are older than these days. */
export const KEEP_DAYS = 30;
export const NOW_MS = Date.UTC(2024, 4, 15);

/**
 * What became of an event: it and its fact stand; so they do now, and its dead letter is settled; its letter was
 * dismissed, and it stands without its fact; or nothing stands but the dismissed letter.
 */
type Fate = 'whole' | 'settled' | 'dismissed' | 'letter';

interface Accepted {
  readonly event: StreamEvent;
  readonly fate: Fate;
}

interface Step {
  readonly hours: number;
  readonly shard: number;
  readonly kind: Kind;
  readonly fate: Fate;
  /** Whether one of the events before is delivered again, and which. */
  readonly again: number | undefined;
  /** Whether the outbox has lost its storage before it, and counts from 1 again. */
  readonly loses: boolean;
}

const someKind = fc.constantFrom<Kind>('session', 'message', 'message', 'resolution', 'unrecognized');
const rarely = (times: number) => fc.integer({ min: 1, max: times }).map((number) => number === 1);
const someStep: fc.Arbitrary<Step> = fc.record({
  hours: fc.integer({ min: 0, max: HOURS / 8 }),
  shard: fc.nat(1),
  kind: someKind,
  fate: fc.constantFrom<Fate>('whole', 'whole', 'whole', 'settled', 'dismissed', 'letter'),
  again: fc.oneof({ weight: 3, arbitrary: fc.constant(undefined) }, fc.nat(20)),
  loses: rarely(25),
});

/** Histories whose books are balanced in the end, each of an app of its own. */
export function histories(apps: number, seed: number): Accepted[][] {
  const steps = fc.array(someStep, { minLength: 4, maxLength: 16 });
  return fc
    .sample(steps, { numRuns: apps, seed })
    .map((each, index) => history(`h${String(index).padStart(2, '0')}`, each));
}

function history(app: string, steps: readonly Step[]): Accepted[] {
  const last = new Map<number, number>();
  const accepted: Accepted[] = [];
  let receivedMs = FIRST_MS;
  for (const [index, { hours, shard, kind, fate, again, loses }] of steps.entries()) {
    receivedMs = Math.min(receivedMs + hours * HOUR_MS, FIRST_MS + HOURS * HOUR_MS - 1);
    const sequence = loses ? 1 : (last.get(shard) ?? 0) + 1;
    last.set(shard, sequence);
    const place = { app, outbox: `${app}/${shard}`, receivedMs };
    const first = again === undefined ? undefined : accepted[again % accepted.length];
    // Under its own number once more, after a loss, the books take it for the same acceptance.
    const isThere = accepted.some(
      (each) =>
        each.event.id === first?.event.id &&
        each.event.outbox === place.outbox &&
        each.event.sequence === sequence,
    );
    // A resolution that is delivered again has another time, and counts twice.
    if (first !== undefined && first.fate === 'whole' && first.event.kind !== 'resolution' && !isThere) {
      accepted.push({ event: { ...first.event, ...place, sequence }, fate: 'whole' });
      continue;
    }
    const id = `${app.replace('h', 'a')}f${index}f`.padEnd(32, '0');
    const payload = kind === 'unrecognized' ? '{}' : sample(kind);
    const whole = event(kind, payload, sequence, { ...place, id, occurredMs: receivedMs });
    const isFact = kind !== 'unrecognized';
    accepted.push({ event: whole, fate: isFact || fate === 'settled' ? fate : 'whole' });
  }
  return accepted;
}
