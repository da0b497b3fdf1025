import type { Flight } from './flight.ts';
import type { Entry, Ledger } from './ledger.ts';
import type { OutboxState } from './outboxes.ts';
import { count, type Range, upTo, without } from './ranges.ts';

/** A line of the books: an outbox as a whole (kind `*`), or one kind in it. Null: not known, or not told by kind. */
export interface Line {
  readonly outbox: string;
  readonly kind: string;
  readonly accepted: number | null;
  readonly in_events: number;
  /** Rows of the kind's table. */
  readonly in_table: number | null;
  readonly dead_letters: number;
  /** In flight: not acknowledged by the broker yet, or set aside. */
  readonly in_outbox: number | null;
  /** In flight: acknowledged, and not in ClickHouse yet. */
  readonly on_stream: number | null;
  /** Lost: nowhere, and not in flight. */
  readonly missing: number;
  readonly missing_sequences: readonly Range[];
  /** Of an outbox: events that share their number. Of a kind: rows without an event. */
  readonly unexpected: number;
  /** The outbox has accepted less than stands in ClickHouse: it lost its storage. */
  readonly lost_storage: boolean;
  /** Not there, and perhaps on its way. */
  readonly unsettled: number;
  readonly unsettled_sequences: readonly Range[];
}

export interface Evidence {
  readonly flight: Flight;
  /** As they are now, asked for before the ledger; those that did not answer are not in it. */
  readonly outboxes: ReadonlyMap<string, OutboxState>;
  /** As they are now, asked for after the ledger. */
  readonly outboxesAfter: ReadonlyMap<string, OutboxState>;
  readonly ledger: Ledger;
}

/** Compares what was accepted with what stands; the lines of each outbox are together, itself first. */
export function judge(evidence: Evidence): Line[] {
  const { outboxes, ledger } = evidence;
  const names = new Set([...ledger.outboxes.keys(), ...outboxes.keys()]);
  return [...names].sort().flatMap((name) => [outboxLine(name, evidence), ...kindLines(name, evidence)]);
}

function outboxLine(outbox: string, { flight, outboxes, outboxesAfter, ledger }: Evidence): Line {
  const entry = ledger.outboxes.get(outbox);
  const state = outboxes.get(outbox);
  const last = entry?.expected ?? 0;
  const after = outboxesAfter.get(outbox);
  const accepted = after?.last_sequence ?? null;
  // What was accepted after the audit began is not judged.
  const judged = flight.acceptedBy(outbox) ?? last;
  const tail = judged > last ? [{ first: last + 1, last: judged }] : [];
  const absent = [...upTo(entry?.missing_sequences ?? [], judged), ...tail];
  const setAside = (state?.set_aside ?? []).map(({ sequence }) => sequence);
  // Of very many events set aside the outbox names the oldest only; the others are told by their number.
  const unnamed = (state?.set_aside_total ?? 0) - setAside.length;
  const lost = flight.hasLanded ? without(absent, setAside) : [];
  const missing = Math.max(0, count(lost) - unnamed);
  const standing = (entry?.stored ?? 0) + (entry?.dead_letters ?? 0);
  const inFlight = accepted === null ? null : Math.max(0, accepted - standing - missing);
  const inOutbox = inFlight === null ? null : Math.min(inFlight, state?.pending ?? 0);
  return {
    outbox,
    kind: '*',
    accepted,
    in_events: entry?.stored ?? 0,
    in_table: null,
    dead_letters: entry?.dead_letters ?? 0,
    in_outbox: inOutbox,
    on_stream: inFlight === null || inOutbox === null ? null : inFlight - inOutbox,
    missing,
    missing_sequences: missing === 0 ? [] : lost,
    unexpected: entry?.unexpected ?? 0,
    lost_storage: accepted !== null && accepted < last,
    ...unsettled(flight, absent),
  };
}

function kindLines(outbox: string, { flight, outboxesAfter, ledger }: Evidence): Line[] {
  const accepted = outboxesAfter.get(outbox)?.accepted ?? {};
  const entries = ledger.kinds.filter((entry) => entry.outbox === outbox);
  const silent = Object.keys(accepted).filter((kind) => !entries.some((entry) => entry.kind === kind));
  const lines = [...entries, ...silent.map((kind) => nothing(outbox, kind))];
  return lines.map((entry) => kindLine(entry, accepted[entry.kind] ?? null, flight));
}

function kindLine(entry: Entry, accepted: number | null, flight: Flight): Line {
  const { outbox, kind, expected, stored, dead_letters, unexpected } = entry;
  const absent = upTo(entry.missing_sequences, flight.acceptedBy(outbox) ?? Infinity);
  const lost = flight.hasLanded ? absent : [];
  return {
    outbox,
    kind,
    accepted,
    in_events: expected,
    in_table: stored + unexpected,
    dead_letters,
    in_outbox: null,
    on_stream: null,
    missing: count(lost),
    missing_sequences: lost,
    unexpected,
    lost_storage: false,
    ...unsettled(flight, absent),
  };
}

function unsettled({ hasLanded }: Flight, absent: readonly Range[]) {
  const open = hasLanded ? [] : absent;
  return { unsettled: count(open), unsettled_sequences: open };
}

function nothing(outbox: string, kind: string): Entry {
  const none = { expected: 0, stored: 0, dead_letters: 0, missing: 0, missing_sequences: [], unexpected: 0 };
  return { app_id: '', outbox, kind, ...none };
}
