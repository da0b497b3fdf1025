import type { Kind } from '../../schemas/webhooks.ts';
import type { Books } from './books.ts';

/** What must agree once everything has come to rest. */
export type Evidence = {
  readonly acknowledged: ReadonlyMap<string, Kind>;
  readonly books: Books;
  /** Ids on the stream. */
  readonly onStream: ReadonlySet<string>;
  /** Last sequence number by outbox, as the outboxes say. */
  readonly lastSequences: ReadonlyMap<string, number>;
};

/** What was found; `violations` names everything that must not be. */
export type Verdict = {
  readonly lost: number;
  readonly doubled: number;
  readonly violations: readonly string[];
};

const SHOWN = 3;

/** Compares what was promised with what stands. Pure. */
export function judge({ acknowledged, books, onStream, lastSequences }: Evidence): Verdict {
  const violations: string[] = [];
  const lostIds = new Set<string>();
  for (const [id, kind] of acknowledged) {
    const facts = books.facts.get(kind);
    const isLost =
      !books.events.ids.has(id) || (facts !== undefined && !facts.ids.has(id)) || !onStream.has(id);
    if (isLost) lostIds.add(id);
  }
  if (lostIds.size > 0) {
    violations.push(
      `${lostIds.size} acknowledged events missing: ${[...lostIds].slice(0, SHOWN).join(', ')} …`,
    );
  }
  let doubled = 0;
  for (const [name, { count, ids }] of [['events', books.events] as const, ...books.facts]) {
    doubled += count - ids.size;
    if (count !== ids.size) violations.push(`${name} counts ${count} for ${ids.size} events`);
  }
  for (const [kind, { count }] of books.facts) {
    const events = books.kinds.get(kind) ?? 0;
    if (count !== events) violations.push(`${count} rows for ${events} events of kind ${kind}`);
  }
  for (const { outbox, events, first, last } of books.outboxes) {
    if (first !== 1 || last !== events) {
      violations.push(`${outbox} has ${events} events between sequence ${first} and ${last}`);
    }
  }
  for (const [outbox, last] of lastSequences) {
    const stored = books.outboxes.find((each) => each.outbox === outbox)?.last ?? 0;
    if (stored !== last) violations.push(`${outbox} accepted ${last} events, and ${stored} stand`);
  }
  if (books.openDeadLetters > 0) violations.push(`${books.openDeadLetters} dead letters are open`);
  return { lost: lostIds.size, doubled, violations };
}
