import { isJsonObject, type JsonObject, parseJson } from '../../../schemas/json.ts';
import { fieldsOf } from './fields.ts';
import { problemsIn } from './problems.ts';

/** A stored event, as far as it is looked at. */
export interface Looked {
  readonly event_id: string;
  readonly kind: string;
  /** Milliseconds since 1970. */
  readonly received_ms: number;
  /** Empty where it is too large to be looked at. */
  readonly payload: string;
}

/** A row of `payload_paths`. */
export interface SightingRow {
  readonly kind: string;
  readonly is_problem: boolean;
  readonly path: string;
  readonly type: string;
  readonly first_at: number;
  readonly last_at: number;
  readonly looked_before: number;
  readonly looked_until: number;
  readonly example_event_id: string;
  readonly ids: readonly number[];
}

interface Sighting {
  readonly kind: string;
  readonly is_problem: boolean;
  readonly path: string;
  readonly type: string;
  firstMs: number;
  lastMs: number;
  example: string;
  readonly ids: number[];
}

/** Fields of a kind that are told apart; a sender that makes up names must not fill the table. */
export const MOST_OF_A_KIND = 1_000;
/** Stands for the others. */
export const OTHERS = '…';

/** Digits of an event's id that a double holds. */
const ID_DIGITS = 13;

/** The fields and problems in a number of events, in bounded memory. */
export class Sightings {
  /** By kind, the fields that are told apart already. */
  readonly #known: ReadonlyMap<string, Set<string>>;
  /** By kind, events looked at before these. */
  readonly #looked: ReadonlyMap<string, number>;
  readonly #sightings = new Map<string, Sighting>();
  readonly #events = new Map<string, number>();

  constructor(known: ReadonlyMap<string, Set<string>>, looked: ReadonlyMap<string, number>) {
    this.#known = known;
    this.#looked = looked;
  }

  /** How many were looked at, by kind. */
  get events(): ReadonlyMap<string, number> {
    return this.#events;
  }

  note(event: Looked): void {
    // A problem is told as the edge would, which keeps long integers as text.
    const body = bodyIn(event.payload, event.kind === 'unrecognized' ? parseJson : JSON.parse);
    if (body === undefined) return;
    if (event.kind === 'unrecognized') {
      for (const { kind, path, expected } of problemsIn(body)) {
        this.#see(event, { kind, is_problem: true, path, type: expected });
      }
      return;
    }
    this.#events.set(event.kind, (this.#events.get(event.kind) ?? 0) + 1);
    for (const [path, types] of fieldsOf(body)) {
      for (const type of types) this.#see(event, { kind: event.kind, is_problem: false, path, type });
    }
  }

  rows(): SightingRow[] {
    return [...this.#sightings.values()].map(({ firstMs, lastMs, example, ...sighting }) => {
      const before = this.#looked.get(sighting.kind) ?? 0;
      return {
        ...sighting,
        first_at: firstMs,
        last_at: lastMs,
        looked_before: before,
        looked_until: before + (this.#events.get(sighting.kind) ?? 0),
        example_event_id: example,
      };
    });
  }

  #see(event: Looked, seen: Pick<Sighting, 'kind' | 'is_problem' | 'path' | 'type'>): void {
    const told = this.#isToldApart(seen) ? seen : { ...seen, path: OTHERS, type: OTHERS };
    const key = keyOf(told);
    const { event_id, received_ms: ms } = event;
    const id = Number.parseInt(event_id.slice(0, ID_DIGITS), 16);
    const known = this.#sightings.get(key);
    if (known === undefined) {
      this.#sightings.set(key, { ...told, firstMs: ms, lastMs: ms, example: event_id, ids: [id] });
      return;
    }
    known.firstMs = Math.min(known.firstMs, ms);
    known.lastMs = Math.max(known.lastMs, ms);
    known.ids.push(id);
  }

  #isToldApart(seen: Pick<Sighting, 'kind' | 'is_problem' | 'path' | 'type'>): boolean {
    const known = this.#known.get(seen.kind);
    const key = keyOf(seen);
    if (known === undefined || known.has(key)) return true;
    if (known.size >= MOST_OF_A_KIND) return false;
    known.add(key);
    return true;
  }
}

/** What tells a field, or a problem, from the others. */
export function keyOf({
  kind,
  is_problem,
  path,
  type,
}: Pick<Sighting, 'kind' | 'is_problem' | 'path' | 'type'>): string {
  return JSON.stringify([kind, is_problem, path, type]);
}

function bodyIn(payload: string, parse: (text: string) => unknown): JsonObject | undefined {
  try {
    const body = parse(payload);
    return isJsonObject(body) ? body : undefined;
  } catch {
    return undefined;
  }
}
