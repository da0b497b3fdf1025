import fc from 'fast-check';
import { beforeAll, expect, test } from 'vitest';
import { type Database, freshDatabase } from '../support/clickhouse.ts';
import { resolutionOutcomes, type Step, sessionOutcomes } from './oracle.ts';
import { insert, type Row, resolution, session, utc } from './rows.ts';

const START_MS = Date.UTC(2026, 9, 31, 22);
const RUNS = 12;

let database: Database;
beforeAll(async () => {
  database = await freshDatabase();
});

/** Few rooms and few instants, so that sessions follow each other, meet resolutions and each other; over a month's end. */
const history = fc
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
function own(steps: readonly Omit<Step, 'id'>[]): Step[] {
  run++;
  return steps.map((step) => ({ ...step, app: `${run}-${step.app}`, id: `${run}-${step.sequence}` }));
}

function row({ id, app, room, kind, at, sequence }: Step): Row {
  const more = { event_id: id, app_id: app, sequence };
  return kind === 'session' ? session(room, utc(at), more) : resolution(room, utc(at), more);
}

/** In any order, in lots of any size, and some of it twice. */
async function deliver(steps: readonly Step[], lotSize: number, again: number): Promise<void> {
  const sent = [...steps.toReversed(), ...steps.slice(0, again)];
  for (let i = 0; i < sent.length; i += lotSize) {
    const lot = sent.slice(i, i + lotSize);
    for (const kind of ['resolution', 'session'] as const) {
      const rows = lot.filter((step) => step.kind === kind).map(row);
      await insert(database, `${kind}s`, rows);
    }
  }
}

const WANTED = `SELECT event_id AS id, resolution_id AS resolution, toInt32(seconds_to_resolve) AS secondsToResolve,
  toInt32(seconds_to_reopen) AS secondsToReopen, is_open AS isOpen
  FROM session_outcomes WHERE startsWith(app_id, concat({run:String}, '-')) ORDER BY id`;

const RESOLVED = `SELECT event_id AS id, session_id AS session,
  toFloat64(toUnixTimestamp64Milli(reopened_at)) AS reopenedAt
  FROM resolution_outcomes WHERE startsWith(app_id, concat({run:String}, '-')) ORDER BY id`;

test('whatever happened in the rooms, in whatever order it came, the views say what looking through it says', async () => {
  await fc.assert(
    fc.asyncProperty(history, fc.integer({ min: 10, max: 30 }), fc.nat(20), async (steps, lotSize, again) => {
      const told = own(steps);
      await deliver(told, lotSize, again);
      const byId = (a: { id: string }, b: { id: string }) => (a.id < b.id ? -1 : 1);
      expect(await database.rows(WANTED, { run: String(run) })).toEqual(sessionOutcomes(told).toSorted(byId));
      const resolved = await database.rows(RESOLVED, { run: String(run) });
      expect(resolved).toEqual(resolutionOutcomes(told).toSorted(byId));
    }),
    { numRuns: RUNS },
  );
});
