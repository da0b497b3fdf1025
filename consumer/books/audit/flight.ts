import type { OutboxState, OutboxStates } from './outboxes.ts';
import { isPast, type Offsets, type StreamState } from './stream.ts';

type Outboxes = ReadonlyMap<string, OutboxState>;

/** How much was done up to a moment, by those who publish and those who store. */
interface Progress {
  readonly published: number;
  readonly settled: number;
}

/**
 * Follows all events that were accepted by a moment until they have nowhere left to be but ClickHouse. What is not
 * there then is lost, however much has been accepted since.
 *
 * They leave the outboxes in the order of their numbers, but for those set aside. What they left by then is on the
 * stream below the ends of its partitions, and what the consumer could not insert is on the topic of dead letters
 * before it commits.
 */
export class Flight {
  readonly #accepted: ReadonlyMap<string, number>;
  readonly #isKnown: boolean;
  #eventMarks: Offsets | undefined;
  #deadLetterMarks: Offsets | undefined;
  #hasLanded = false;
  #seen: { readonly first: Progress; readonly last: Progress } | undefined;

  /** @param states all outboxes at that moment; if one did not answer, nothing is ever known to have landed */
  constructor({ outboxes, trouble }: OutboxStates) {
    this.#accepted = new Map([...outboxes].map(([name, { last_sequence }]) => [name, last_sequence]));
    this.#isKnown = trouble === undefined;
  }

  /** Nothing is in flight any more, but for what is set aside. */
  get hasLanded(): boolean {
    return this.#hasLanded;
  }

  /** How much an outbox had accepted by the moment; undefined where that is not known. */
  acceptedBy(outbox: string): number | undefined {
    return this.#accepted.get(outbox);
  }

  /**
   * Who has done nothing for what is in flight in all the time that it was watched; undefined when somebody has, or
   * when it was looked at once only.
   */
  get idle(): 'outboxes' | 'consumer' | undefined {
    if (this.#seen === undefined || this.#hasLanded) return undefined;
    const { first, last } = this.#seen;
    if (first === last) return undefined;
    if (this.#eventMarks === undefined) return last.published > first.published ? undefined : 'outboxes';
    return last.settled > first.settled ? undefined : 'consumer';
  }

  /** Takes note of how things stand now. @param outboxes asked for before the stream was */
  observe(outboxes: Outboxes, stream: StreamState | undefined): void {
    if (stream === undefined) return;
    const last = progressOf(outboxes, stream);
    this.#seen = { first: this.#seen?.first ?? last, last };
    if (!this.#isKnown) return;
    if (this.#isPublished(outboxes)) this.#eventMarks ??= stream.events.end;
    if (this.#eventMarks === undefined || !isPast(stream.events.committed, this.#eventMarks)) return;
    this.#deadLetterMarks ??= stream.deadLetters.end;
    this.#hasLanded ||= isPast(stream.deadLetters.committed, this.#deadLetterMarks);
  }

  #isPublished(outboxes: Outboxes): boolean {
    return [...this.#accepted].every(
      ([name, accepted]) => (outboxes.get(name)?.published_sequence ?? -1) >= accepted,
    );
  }
}

function progressOf(outboxes: Outboxes, { events, deadLetters }: StreamState): Progress {
  const sum = (numbers: Iterable<number>) => [...numbers].reduce((total, each) => total + each, 0);
  return {
    published: sum([...outboxes.values()].map(({ published_sequence }) => published_sequence)),
    settled: sum(events.committed.values()) + sum(deadLetters.committed.values()),
  };
}
