import { readFileSync } from 'node:fs';
import { type StreamEvent, toMessage } from '../../../schemas/event.ts';
import type { FactKind } from '../../../schemas/webhooks.ts';
import type { Row } from '../../support/row-binary.ts';
import type { Kafka, LoggedMessage } from './kafka.ts';
import type { Random } from './random.ts';
import type { Simulation } from './simulation.ts';

/**
 * Where a message must end:
 * - `fact`: in `events` and in the table of its kind
 * - `plain`: in `events` alone
 * - `letter`: in `events`, and among the dead letters instead of the table of its kind
 * - `letter-only`: among the dead letters
 */
export type Destiny = 'fact' | 'plain' | 'letter' | 'letter-only';

const FACT_POISON = 'a name that its column refuses';
const EVENT_POISON = 'a payload that its column refuses';

const sample = readFileSync(new URL('../../samples/message.json', import.meta.url), 'utf8');

/** What a webhook tells that becomes a fact. */
export interface Fact {
  readonly kind: FactKind;
  readonly app: string;
  /** When it happened; undefined: just now. */
  readonly occurredMs: number | undefined;
  /** @param name stands in its row, as the room's or the customer's */
  payload(name: string): string;
}

/** What the facts of a stream are about. */
export interface Facts {
  readonly kinds: readonly FactKind[];
  /** The chance that an event becomes a fact; the others are dead letters, or of no known kind. */
  readonly chance: number;
  next(random: Random): Fact;
}

/** Messages, of which nothing hangs together. */
export const MESSAGES: Facts = {
  kinds: ['message'],
  chance: 0.75,
  next: () => ({
    kind: 'message',
    app: 'demo',
    occurredMs: undefined,
    payload: (name) => sample.replace('ini grup', name),
  }),
};

/** Whether a table's column refuses a row of ours. */
export function isPoison(table: string, row: Row): boolean {
  if (table === 'events_rows') return String(row.payload).includes(EVENT_POISON);
  return row.room_name === FACT_POISON || row.customer_name === FACT_POISON;
}

/** The stream as outboxes leave it: events of any kind, some twice, and what is no event at all. */
export class Stream {
  readonly destinies = new Map<LoggedMessage, Destiny>();
  readonly #sim: Simulation;
  readonly #kafka: Kafka;
  readonly #facts: Facts;
  #sequence = 0;

  constructor(sim: Simulation, kafka: Kafka, facts: Facts) {
    this.#sim = sim;
    this.#kafka = kafka;
    this.#facts = facts;
  }

  /** Publishes so many messages at random moments of a time. */
  publishWithin(messages: number, durationMs: number): void {
    const { random } = this.#sim;
    let atMs = 0;
    for (let count = 0; count < messages; count++) {
      if (random.chance(0.4)) atMs = random.between(0, durationMs);
      this.#sim.schedule(atMs, () => this.#publish());
    }
  }

  #publish(): void {
    const { random } = this.#sim;
    const destiny = random.chance(this.#facts.chance)
      ? 'fact'
      : random.pick(['plain', 'letter', 'letter-only'] as const);
    const fact = this.#facts.next(random);
    const kind = destiny === 'plain' ? 'unrecognized' : fact.kind;
    const event = this.#event({ ...fact, kind, payload: this.#payload(fact, destiny) });
    const message = toMessage(event);
    const isStrange = destiny === 'letter-only' && random.chance(0.5);
    const headers = isStrange ? {} : message.headers;
    const partition = random.pick(this.#kafka.partitionsOf(`qiscus.${kind}`));
    for (let copies = random.chance(0.15) ? 2 : 1; copies > 0; copies--) {
      const logged = { ...message, headers, atMs: this.#sim.nowMs };
      this.destinies.set(logged, destiny);
      partition.log.push(logged);
    }
  }

  #payload(fact: Fact, destiny: Destiny): string {
    const isMisfit = destiny === 'letter' && this.#sim.random.chance(0.5);
    if (isMisfit) return '{"a":"body that is no message"}';
    const name = destiny === 'letter' ? FACT_POISON : destiny === 'letter-only' ? EVENT_POISON : 'a room';
    return fact.payload(name);
  }

  #event(told: Pick<StreamEvent, 'app' | 'kind' | 'payload'> & Pick<Fact, 'occurredMs'>): StreamEvent {
    const { app, kind, payload } = told;
    const sequence = ++this.#sequence;
    const receivedMs = Math.round(this.#sim.nowMs);
    return {
      id: sequence.toString(16).padStart(32, '0'),
      app,
      kind,
      subject: String(this.#sim.random.integer(1, 9)),
      occurredMs: told.occurredMs ?? receivedMs - 1_000,
      receivedMs,
      outbox: `${app}/0`,
      sequence,
      payload,
    };
  }
}
