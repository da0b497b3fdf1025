import type { SetAsideEvent } from './outboxes.ts';
import type { Range } from './ranges.ts';

/** A line of the books: an outbox as a whole (kind `*`), or one kind in it. Null: not known, or not told by kind. */
export interface Line {
  readonly outbox: string;
  readonly kind: string;
  /** As the edge recognized it: an event that `rebuild -- --unrecognized` made a fact counts as unrecognized here. */
  readonly accepted: number | null;
  readonly in_events: number;
  /** Rows of the kind's table. */
  readonly in_table: number | null;
  readonly dead_letters: number;
  /** Closed by a person, with a reason, without their facts. */
  readonly dismissed: number;
  /** Refused by the broker, kept by the outbox and tried again every hour: neither lost nor in flight. */
  readonly set_aside: number;
  /** The oldest of these. */
  readonly set_aside_events: readonly SetAsideEvent[];
  /** In flight: not acknowledged by the broker yet. */
  readonly in_outbox: number | null;
  /** In flight: acknowledged, and not in ClickHouse yet. */
  readonly on_stream: number | null;
  /** Lost: nowhere, and not in flight. */
  readonly missing: number;
  readonly missing_sequences: readonly Range[];
  /** Of an outbox: events that share their number. Of a kind: rows without an event. */
  readonly unexpected: number;
  /** Places above all that the outbox has accepted: somebody else wrote them to Kafka. No other number counts them. */
  readonly foreign: number;
  /** Those of them that stand in `events`, so that answers count them; the others are dead letters. */
  readonly foreign_counted: number;
  /** Accepted before, under another number or in another outbox; the fact stands for both. */
  readonly repeated: number;
  readonly repeated_sequences: readonly Range[];
  /** Those of them that have a row of their own, so that answers count the event twice. */
  readonly counted_twice: number;
  /** The outbox has accepted less than stands in ClickHouse: it lost its storage. */
  readonly lost_storage: boolean;
  /** Not there, and perhaps on its way. */
  readonly unsettled: number;
  readonly unsettled_sequences: readonly Range[];
}

/** A line with nothing in it, to be filled with what is known. */
export const NO_LINE: Line = {
  outbox: '',
  kind: '*',
  accepted: null,
  in_events: 0,
  in_table: null,
  dead_letters: 0,
  dismissed: 0,
  set_aside: 0,
  set_aside_events: [],
  in_outbox: null,
  on_stream: null,
  missing: 0,
  missing_sequences: [],
  unexpected: 0,
  foreign: 0,
  foreign_counted: 0,
  repeated: 0,
  repeated_sequences: [],
  counted_twice: 0,
  lost_storage: false,
  unsettled: 0,
  unsettled_sequences: [],
};

/** Whether a line tells of something that no waiting mends. */
export function isWrong(line: Line): boolean {
  const { missing, unexpected, foreign_counted, counted_twice, set_aside, lost_storage } = line;
  return missing + unexpected + foreign_counted + counted_twice + set_aside > 0 || lost_storage;
}
