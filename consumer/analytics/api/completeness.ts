import type { Answer, Value } from '../report/run.ts';

/** Up to when what is asked about is complete. */
export interface Completeness {
  /** Every event received before is in the answer, in the time zone that was asked for; null where none can be told. */
  readonly complete_until: string | null;
  /** Events that are known to exist and are not in it; null where it cannot be told. */
  readonly missing_events: number | null;
  /** Events received before it, with their payloads, are no longer kept; null where all are, or where it cannot be told. */
  readonly events_kept_from: string | null;
  /** The same of messages, by when they happened. */
  readonly messages_kept_from: string | null;
}

export const UNKNOWN: Completeness = {
  complete_until: null,
  missing_events: null,
  events_kept_from: null,
  messages_kept_from: null,
};

/**
 * What the answer of the query `completeness` says of one app, or of all: an answer is complete as far as all that it is
 * about is, so that the app that lags most decides.
 */
export function completenessOf({ columns, rows }: Answer, app: string | undefined): Completeness {
  const place = (name: string) => columns.findIndex((column) => column.name === name);
  const about = rows.filter((row) => !app || row[place('app_id')] === app);
  const until: Value[] = about.map((row) => row[place('complete_until')] ?? null);
  const [earliest = null] = until.map(String).sort();
  return {
    complete_until: until.includes(null) ? null : earliest,
    missing_events: about.reduce((sum, row) => sum + Number(row[place('missing')] ?? 0), 0),
    // The same for every app.
    events_kept_from: textOrNull(rows[0]?.[place('events_kept_from')]),
    messages_kept_from: textOrNull(rows[0]?.[place('messages_kept_from')]),
  };
}

function textOrNull(value: Value | undefined): string | null {
  return value === null || value === undefined ? null : String(value);
}
