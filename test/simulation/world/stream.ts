import { readFileSync } from 'node:fs';
import { type StreamEvent, toMessage } from '../../../schemas/event.ts';
import type { Kind } from '../../../schemas/webhooks.ts';
import type { Row } from '../../support/row-binary.ts';
import type { Kafka, LoggedMessage } from './kafka.ts';
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

/** Whether a table's column refuses a row of ours. */
export function isPoison(table: string, row: Row): boolean {
  return table === 'events_rows' ? String(row.payload).includes(EVENT_POISON) : row.room_name === FACT_POISON;
}

/** The stream as outboxes leave it: events of any kind, some twice, and what is no event at all. */
export class Stream {
  readonly destinies = new Map<LoggedMessage, Destiny>();
  readonly #sim: Simulation;
  readonly #kafka: Kafka;
  #sequence = 0;

  constructor(sim: Simulation, kafka: Kafka) {
    this.#sim = sim;
    this.#kafka = kafka;
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
    const destiny = random.chance(0.75) ? 'fact' : random.pick(['plain', 'letter', 'letter-only'] as const);
    const kind: Kind = destiny === 'plain' ? 'unrecognized' : 'message';
    const event = this.#event(kind, this.#payload(destiny));
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

  #payload(destiny: Destiny): string {
    const isMisfit = destiny === 'letter' && this.#sim.random.chance(0.5);
    if (isMisfit) return '{"a":"body that is no message"}';
    const name = destiny === 'letter' ? FACT_POISON : destiny === 'letter-only' ? EVENT_POISON : 'a room';
    return sample.replace('ini grup', name);
  }

  #event(kind: Kind, payload: string): StreamEvent {
    const sequence = ++this.#sequence;
    const receivedMs = Math.round(this.#sim.nowMs);
    return {
      id: sequence.toString(16).padStart(32, '0'),
      app: 'demo',
      kind,
      subject: String(this.#sim.random.integer(1, 9)),
      occurredMs: receivedMs - 1_000,
      receivedMs,
      outbox: 'demo/0',
      sequence,
      payload,
    };
  }
}
