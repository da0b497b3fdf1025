import type { Flight } from './flight.ts';
import type { Entry, Ledger } from './ledger.ts';
import { type Line, NO_LINE } from './line.ts';
import type { OutboxState } from './outboxes.ts';
import { count, type Range, upTo } from './ranges.ts';
import { splitSetAside } from './set-aside.ts';

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
  const names = new Set([...ledger.outboxes.keys(), ...ledger.foreign.keys(), ...outboxes.keys()]);
  return [...names].sort().flatMap((name) => [outboxLine(name, evidence), ...kindLines(name, evidence)]);
}

function outboxLine(outbox: string, { flight, outboxes, outboxesAfter, ledger }: Evidence): Line {
  const entry = ledger.outboxes.get(outbox) ?? nothing(outbox, '*');
  const state = outboxes.get(outbox);
  const last = entry.expected;
  const accepted = outboxesAfter.get(outbox)?.last_sequence ?? null;
  // What was accepted after the audit began is not judged.
  const judged = flight.acceptedBy(outbox) ?? last;
  const tail = judged > last ? [{ first: last + 1, last: judged }] : [];
  const absent = [...upTo(entry.missing_sequences, judged), ...tail];
  const { setAside, events, others, unnamed } = splitSetAside(absent, state);
  const missing = flight.hasLanded ? Math.max(0, count(others) - unnamed) : 0;
  const standing = entry.stored + entry.dead_letters + entry.dismissed;
  const pending = (state?.pending ?? 0) - setAside;
  return {
    ...NO_LINE,
    outbox,
    accepted,
    in_events: entry.stored,
    dead_letters: entry.dead_letters,
    dismissed: entry.dismissed,
    set_aside: setAside,
    set_aside_events: events,
    ...whereInFlight(accepted, standing + missing + setAside, pending),
    missing,
    missing_sequences: missing === 0 ? [] : others,
    unexpected: entry.unexpected,
    foreign: ledger.foreign.get(outbox)?.places ?? 0,
    foreign_counted: ledger.foreign.get(outbox)?.counted ?? 0,
    repeated: entry.repeated,
    lost_storage: accepted !== null && accepted < last,
    ...unsettled(flight, others),
  };
}

/** What was accepted and is nowhere else, by whether its outbox has it still. */
function whereInFlight(accepted: number | null, elsewhere: number, pending: number) {
  if (accepted === null) return { in_outbox: null, on_stream: null };
  const inFlight = Math.max(0, accepted - elsewhere);
  const inOutbox = Math.min(inFlight, pending);
  return { in_outbox: inOutbox, on_stream: inFlight - inOutbox };
}

function kindLines(outbox: string, { flight, outboxesAfter, ledger }: Evidence): Line[] {
  const accepted = outboxesAfter.get(outbox)?.accepted ?? {};
  const entries = ledger.kinds.filter((entry) => entry.outbox === outbox);
  const silent = Object.keys(accepted).filter((kind) => !entries.some((entry) => entry.kind === kind));
  const lines = [...entries, ...silent.map((kind) => nothing(outbox, kind))];
  return lines.map((entry) => kindLine(entry, accepted[entry.kind] ?? null, flight));
}

function kindLine(entry: Entry, accepted: number | null, flight: Flight): Line {
  const absent = upTo(entry.missing_sequences, flight.acceptedBy(entry.outbox) ?? Infinity);
  const lost = flight.hasLanded ? absent : [];
  return {
    ...NO_LINE,
    outbox: entry.outbox,
    kind: entry.kind,
    accepted,
    in_events: entry.expected,
    in_table: rowsOf(entry),
    dead_letters: entry.dead_letters,
    dismissed: entry.dismissed,
    missing: count(lost),
    missing_sequences: lost,
    unexpected: entry.unexpected,
    repeated: entry.repeated,
    repeated_sequences: entry.repeated_sequences,
    counted_twice: entry.counted_twice,
    ...unsettled(flight, absent),
  };
}

/** Rows of the kind's table: one for an event, however often it was accepted, unless it is counted twice. */
function rowsOf({ kind, stored, unexpected, repeated, counted_twice }: Entry): number {
  // Unrecognized events have no other table than events, where each acceptance has its row.
  return kind === 'unrecognized' ? stored : Math.max(0, stored - repeated + counted_twice) + unexpected;
}

function unsettled({ hasLanded }: Flight, absent: readonly Range[]) {
  const open = hasLanded ? [] : absent;
  return { unsettled: count(open), unsettled_sequences: open };
}

function nothing(outbox: string, kind: string): Entry {
  return {
    app_id: '',
    outbox,
    kind,
    expected: 0,
    stored: 0,
    dead_letters: 0,
    dismissed: 0,
    missing: 0,
    missing_sequences: [],
    unexpected: 0,
    repeated: 0,
    repeated_sequences: [],
    counted_twice: 0,
  };
}
