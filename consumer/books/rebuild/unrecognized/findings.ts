import type { FactKind } from '../../../../schemas/webhooks.ts';
import type { EventRow } from '../../../normalize/event.ts';
import type { Gone } from '../../retention/kept.ts';
import { SAMPLES, type Sample } from '../difference.ts';
import { shown } from '../shown.ts';
import type { Place, Superseded } from './claims.ts';
import type { SecondLook } from './second-look.ts';

const MAX_REASONS = 50;

/** An event that is a redelivery of another one. */
export interface Redelivery {
  readonly kind: FactKind;
  readonly event: Place;
  readonly countedAs: Place;
}

/** What a second look at the unrecognized events found. */
export interface Found {
  /** Events that stood as unrecognized. */
  readonly events: number;
  /** Those that become facts, or have become them, by kind. */
  readonly facts: Readonly<Record<string, number>>;
  /** Those that are counted already, as the event that they are a redelivery of, by kind. */
  readonly redeliveries: Readonly<Record<string, number>>;
  /** Facts of earlier runs that have been delivered again since, and are taken back, by kind. */
  readonly withdrawn: Readonly<Record<string, number>>;
  /** Those that are recognized and cannot be normalized or stored, by why; they stay as they are. */
  readonly refused: Readonly<Record<string, number>>;
  readonly stillUnrecognized: number;
  /** The first facts of each kind; `before` is always null. */
  readonly samples: readonly (Sample & { readonly kind: FactKind })[];
  /** The first redeliveries of each kind. */
  readonly redeliverySamples: readonly Redelivery[];
  readonly isApplied: boolean;
  /** What is no longer kept, and was not looked at. */
  readonly gone: Gone;
}

/** Gathers what is found, in bounded memory. */
export class Findings {
  #events = 0;
  #stillUnrecognized = 0;
  readonly #facts = new Map<string, number>();
  readonly #redeliveries = new Map<string, number>();
  readonly #withdrawn = new Map<string, number>();
  readonly #refused = new Map<string, number>();
  readonly #samples: Found['samples'][number][] = [];
  readonly #redeliverySamples: Redelivery[] = [];

  get events(): number {
    return this.#events;
  }

  /** @param other the event that this one is a redelivery of */
  note(row: EventRow, look: SecondLook, other: Place | undefined): void {
    this.#events++;
    if (look.outcome === 'unrecognized') this.#stillUnrecognized++;
    else if (look.outcome === 'refused') this.#refuse(look.reason);
    else if (other !== undefined) this.#noteRedelivery({ kind: look.kind, event: row, countedAs: other });
    else {
      const { kind, fact } = look;
      if (add(this.#facts, kind) <= SAMPLES) {
        const columns = Object.entries(fact).map(([name, value]) => [name, JSON.stringify(value)]);
        const after = Object.fromEntries(columns);
        this.#samples.push({ kind, ...shown({ event_id: fact.event_id, before: null, after }) });
      }
    }
  }

  /** A fact of an earlier run is counted under its natural id as well. */
  noteSuperseded({ look, by }: Superseded): void {
    if (add(this.#withdrawn, look.kind) > SAMPLES) return;
    this.#redeliverySamples.push({ kind: look.kind, event: placeOf(look.event), countedAs: placeOf(by) });
  }

  /** One that was to become a fact does not: its table refuses the row. */
  refuseByTable(kind: FactKind, reason: string): void {
    add(this.#facts, kind, -1);
    this.#refuse(reason);
  }

  found(isApplied: boolean, gone: Gone): Found {
    return {
      events: this.#events,
      facts: Object.fromEntries(this.#facts),
      redeliveries: Object.fromEntries(this.#redeliveries),
      withdrawn: Object.fromEntries(this.#withdrawn),
      refused: Object.fromEntries(this.#refused),
      stillUnrecognized: this.#stillUnrecognized,
      samples: this.#samples,
      redeliverySamples: this.#redeliverySamples,
      isApplied,
      gone,
    };
  }

  #noteRedelivery({ kind, event, countedAs }: Redelivery): void {
    if (add(this.#redeliveries, kind) > SAMPLES) return;
    this.#redeliverySamples.push({ kind, event: placeOf(event), countedAs: placeOf(countedAs) });
  }

  #refuse(reason: string): void {
    const isKnown = this.#refused.has(reason) || this.#refused.size < MAX_REASONS;
    add(this.#refused, isKnown ? reason : 'other reasons');
  }
}

/** Not the row with it, whose payload would stay in memory and reach the report. */
function placeOf({ event_id, outbox, sequence, received_at }: Place): Place {
  return { event_id, outbox, sequence, received_at };
}

function add(counts: Map<string, number>, name: string, amount = 1): number {
  const sum = (counts.get(name) ?? 0) + amount;
  counts.set(name, sum);
  return sum;
}
