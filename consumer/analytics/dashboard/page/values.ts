/** A value of an answer, as the API gives it. */
export type Value = string | number | boolean | null | readonly Value[] | { readonly [key: string]: Value };

/** A row of an answer, by column. */
export type Row = Readonly<Record<string, Value>>;

export interface Column {
  readonly name: string;
  /** Its ClickHouse type. */
  readonly type: string;
}

/** An answer of the API. */
export interface Answer {
  readonly name: string;
  readonly question: string;
  readonly notes: string;
  /** What it was asked with. */
  readonly asked: Readonly<Record<string, string>>;
  /** Filters of the page by which the query does not go. */
  readonly ignored: readonly string[];
  /** The period, ISO 8601. */
  readonly from: string;
  readonly to: string;
  /** Local times before which events, and messages, are no longer kept; null where all are. */
  readonly events_kept_from?: string | null;
  readonly messages_kept_from?: string | null;
  readonly columns: readonly Column[];
  readonly rows: readonly Row[];
  /** Of a list alone: which of its rows these are. */
  readonly limit?: number;
  readonly offset?: number;
  /** Null past its end. */
  readonly total?: number | null;
  readonly truncated?: boolean;
}

/** A number of a row; 0 for anything else. */
export function numberOf(row: Row | undefined, column: string): number {
  const value = row?.[column];
  return typeof value === 'number' ? value : 0;
}

/** A number of a row; null where there is none. */
export function numberOrNull(row: Row | undefined, column: string): number | null {
  const value = row?.[column];
  return typeof value === 'number' ? value : null;
}

/** A text of a row; empty where there is none. */
export function textOf(row: Row | undefined, column: string): string {
  const value = row?.[column];
  return value === null || value === undefined ? '' : String(value);
}
