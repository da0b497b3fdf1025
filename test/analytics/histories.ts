import fc from 'fast-check';
import type { Database } from '../support/clickhouse.ts';
import { resolutionOutcomes, type Step, sessionOutcomes } from './oracle.ts';
import { insert, type Row, resolution, session, utc } from './rows.ts';

const START_MS = Date.UTC(2026, 9, 31, 22);

/** Few rooms and few instants, so that sessions follow each other, meet resolutions and each other; over a month's end. */
export const history = fc
  .array(
    fc.record({
      app: fc.constantFrom('one', 'two'),
      room: fc.constantFrom('1', '2'),
      kind: fc.constantFrom('session' as const, 'resolution' as const),
      at: fc.oneof(
        fc.integer({ min: 0, max: 8 }).map((hours) => START_MS + hours * 1_800_000),
        fc.integer({ min: 0, max: 10_000_000 }).map((ms) => START_MS + ms),
      ),
    }),
    { maxLength: 40, size: 'max' },
  )
  .map((steps) => steps.map((step, sequence) => ({ ...step, sequence })));

let run = 0;

/** Gives a history apps and ids of its own, so that one database serves all runs. */
export function own(steps: readonly Omit<Step, 'id'>[]): { run: number; told: Step[] } {
  run++;
  return {
    run,
    told: steps.map((step) => ({ ...step, app: `${run}-${step.app}`, id: `${run}-${step.sequence}` })),
  };
}

function row({ id, app, room, kind, at, sequence }: Step): Row {
  const more = { event_id: id, app_id: app, sequence };
  return kind === 'session' ? session(room, utc(at), more) : resolution(room, utc(at), more);
}

/** Stores what was told, in lots of any size, from the last on, and some of it twice. @param after is called after each lot */
export async function deliver(
  database: Database,
  told: readonly Step[],
  {
    lotSize,
    again,
    after = async () => {},
  }: { lotSize: number; again: number; after?: (lot: number) => Promise<void> },
): Promise<void> {
  const sent = [...told.toReversed(), ...told.slice(0, again)];
  for (let i = 0; i < sent.length; i += lotSize) {
    const lot = sent.slice(i, i + lotSize);
    for (const kind of ['resolution', 'session'] as const) {
      await insert(database, `${kind}s`, lot.filter((step) => step.kind === kind).map(row));
    }
    await after(i / lotSize);
  }
}

const WANTED = `SELECT event_id AS id, resolution_id AS resolution, toInt32(seconds_to_resolve) AS secondsToResolve,
  toInt32(seconds_to_reopen) AS secondsToReopen, is_open AS isOpen
  FROM session_outcomes WHERE startsWith(app_id, concat({run:String}, '-')) ORDER BY id`;

const RESOLVED = `SELECT event_id AS id, session_id AS session,
  toFloat64(toUnixTimestamp64Milli(reopened_at)) AS reopenedAt
  FROM resolution_outcomes WHERE startsWith(app_id, concat({run:String}, '-')) ORDER BY id`;

const OPEN = `SELECT event_id AS id FROM open_sessions WHERE startsWith(app_id, concat({run:String}, '-')) ORDER BY id`;

/** What the views say of a run, and what looking through its history says. */
export async function outcomes(database: Database, run: number, told: readonly Step[]) {
  const byId = (a: { id: string }, b: { id: string }) => (a.id < b.id ? -1 : 1);
  const params = { run: String(run) };
  return {
    said: {
      sessions: await database.rows(WANTED, params),
      resolutions: await database.rows(RESOLVED, params),
      open: await database.rows(OPEN, params),
    },
    right: {
      sessions: sessionOutcomes(told).toSorted(byId),
      resolutions: resolutionOutcomes(told).toSorted(byId),
      open: sessionOutcomes(told)
        .filter(({ isOpen }) => isOpen)
        .map(({ id }) => ({ id }))
        .toSorted(byId),
    },
  };
}
