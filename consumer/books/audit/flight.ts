import type { OutboxState, OutboxStates } from './outboxes.ts';
import { isPast, type Offsets, type StreamState } from './stream.ts';

type Outboxes = ReadonlyMap<string, OutboxState>;

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

  /** Takes note of how things stand now. @param outboxes asked for before the stream was */
  observe(outboxes: Outboxes, stream: StreamState | undefined): void {
    if (stream === undefined || !this.#isKnown) return;
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
