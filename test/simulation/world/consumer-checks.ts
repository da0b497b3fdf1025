import { FACT_TABLES } from '../../../consumer/persist/tables.ts';
import type { Kafka, LoggedMessage, Partition } from './kafka.ts';
import type { Simulation } from './simulation.ts';
import type { Stream } from './stream.ts';
import type { Warehouse } from './warehouse.ts';

export const DEAD_LETTER_TOPIC = 'qiscus.dead-letter';
const EVENTS = 'events_rows';
const FACTS = Object.values(FACT_TABLES);
const LETTERS = 'dead_letters_rows';

/** What a consumer guarantees, asked while it runs and at the end. */
export class ConsumerChecks {
  readonly #sim: Simulation;
  readonly #kafka: Kafka;
  readonly #stream: Stream;
  readonly #warehouse: Warehouse;

  constructor(sim: Simulation, parts: { kafka: Kafka; stream: Stream; warehouse: Warehouse }) {
    this.#sim = sim;
    this.#kafka = parts.kafka;
    this.#stream = parts.stream;
    this.#warehouse = parts.warehouse;
  }

  /** An offset moves: all that it moves over must be where it belongs already. */
  commit(partition: Partition, from: number, to: number): void {
    for (let offset = from; offset < to; offset++) {
      const message = partition.log[offset];
      const missing =
        message === undefined ? 'a message that is not there' : this.#missing(partition, message, offset);
      if (missing !== undefined)
        this.#sim.violate(`the offset moved over ${partition.topic}/${offset}: ${missing}`);
    }
  }

  /** While messages are held: whatever stands before the first of them in its partition is where it belongs. */
  besideHeld(topic: string, isHeld: (message: LoggedMessage) => boolean): void {
    for (const partition of this.#kafka.partitionsOf(topic)) {
      const first = partition.log.findIndex(isHeld);
      this.commit(partition, 0, first === -1 ? partition.log.length : first);
    }
  }

  /** At the end: each event once where it belongs, and nowhere else. */
  end(): void {
    for (const table of [EVENTS, ...FACTS]) this.#checkOnce(table);
    for (const partition of this.#kafka.partitions) this.commit(partition, 0, partition.log.length);
    this.#checkLetters();
    for (const [message, destiny] of this.#stream.destinies) {
      const id = idOf(message);
      if (id === undefined) continue;
      const isLetter = this.#warehouse.has(LETTERS, 'id', id);
      const isFact = this.#isFact(id);
      if (isLetter && isFact) this.#sim.violate(`${id} is a dead letter and stands in its table`);
      if (isLetter !== destiny.startsWith('letter'))
        this.#sim.violate(`${id} should end as ${destiny}, not as it does`);
      if (isFact !== (destiny === 'fact'))
        this.#sim.violate(`${id} should end as ${destiny}, not as it does`);
    }
  }

  /** Whatever was ever sent to the dead letters belongs there. */
  #checkLetters(): void {
    const belong = [...this.#stream.destinies].filter(([, destiny]) => destiny.startsWith('letter'));
    const ids = new Set(belong.map(([message]) => idOf(message)));
    for (const { log } of this.#kafka.partitionsOf(DEAD_LETTER_TOPIC)) {
      const stray = log.find((message) => !ids.has(idOf(message)));
      if (stray !== undefined) this.#sim.violate(`${idOf(stray)} was sent to the dead letters`);
    }
  }

  #checkOnce(table: string): void {
    const ids = this.#warehouse.rows(table).map(({ event_id: id }) => String(id));
    const twice = ids.find((id, index) => ids.indexOf(id) !== index);
    if (twice !== undefined) this.#sim.violate(`${twice} counts twice in ${table}`);
  }

  /** What of a message is not where it belongs. */
  #missing(partition: Partition, message: LoggedMessage, offset: number): string | undefined {
    if (partition.topic === DEAD_LETTER_TOPIC) {
      const stands = this.#warehouse.has(LETTERS, 'id', String(message.headers.dlq_id));
      return stands ? undefined : 'the dead letter is not in its table';
    }
    const destiny = this.#stream.destinies.get(message);
    const id = idOf(message);
    if (destiny !== 'letter-only' && !this.#warehouse.has(EVENTS, 'event_id', String(id)))
      return `${id} is not in events`;
    if (destiny === 'fact' && !this.#isFact(String(id))) return `${id} is not in its table`;
    if (destiny?.startsWith('letter') && !this.#isDeadLetter(partition, offset, id))
      return `${id} is no dead letter`;
    return undefined;
  }

  #isFact(id: string): boolean {
    return FACTS.some((table) => this.#warehouse.has(table, 'event_id', id));
  }

  #isDeadLetter(partition: Partition, offset: number, id: string | undefined): boolean {
    const letters = this.#kafka.partitionsOf(DEAD_LETTER_TOPIC).flatMap(({ log }) => log);
    return letters.some(({ headers }) =>
      id === undefined
        ? String(headers.dlq_offset) === String(offset) &&
          String(headers.dlq_partition) === String(partition.id)
        : String(headers.dlq_id) === id,
    );
  }
}

/** The event's id; undefined when the message is no event. */
function idOf({ headers }: LoggedMessage): string | undefined {
  return headers.ce_id === undefined ? undefined : String(headers.ce_id);
}
