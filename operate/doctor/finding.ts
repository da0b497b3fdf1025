/** What was looked at. */
export type Area = 'settings' | 'deployment' | 'worker' | 'kafka' | 'clickhouse' | 'consumer';

/**
 * How something stands.
 * - `ok`
 * - `warning`: it works, and one day it will hurt
 * - `failure`: it does not work, or loses data
 * - `unknown`: it could not be looked at; the failure beside it says why
 */
export type State = 'ok' | 'warning' | 'failure' | 'unknown';

/** One thing that was looked at. Holds no secret. */
export interface Finding {
  readonly area: Area;
  readonly state: State;
  /** What is so. */
  readonly what: string;
  /** What to do about it; absent where nothing is to be done. */
  readonly mend?: string;
}

/** Tells findings of one area. */
export function findingsOf(area: Area) {
  const tell =
    (state: State) =>
    (what: string, mend?: string): Finding => ({ area, state, what, ...(mend !== undefined && { mend }) });
  return {
    ok: (what: string) => tell('ok')(what),
    unknown: (what: string) => tell('unknown')(what),
    warning: (what: string, mend: string) => tell('warning')(what, mend),
    failure: (what: string, mend: string) => tell('failure')(what, mend),
  };
}

/** Parts what another command tells in sentences: the first says what is so, the others what to do. */
export function inParts(told: string): { readonly what: string; readonly mend: string } {
  const [what = told, ...mend] = told.split(/(?<=[.)]) (?=[A-Z])/);
  return { what: what.replace(/\.$/, ''), mend: mend.join(' ') };
}
