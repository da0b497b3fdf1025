import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ClickHouseClient } from '@clickhouse/client';
import { reconcile } from '../../outcomes/reconcile.ts';
import { EVENTS_TABLE } from '../../persist/tables.ts';
import { keepBooks } from '../pages/keep.ts';
import { type Gone, readGone } from '../retention/kept.ts';
import { columnsOf, compare } from './compare.ts';
import { type Difference, SAME, sum } from './difference.ts';
import { type Filling, fill } from './fill.ts';
import type { Scope } from './options.ts';
import { withinReach } from './reach.ts';
import { readRepeats } from './repeats.ts';
import { and, ofApp, ofKind, PAGE, type Window } from './sql.ts';
import { cleanUp, createShadow, erasureCount, namesOf, swap } from './swap.ts';
import { closed, count, windows } from './windows.ts';

// The consumer inserts an event before its row: for so long a row may be on its way.
const ON_ITS_WAY_MS = 3_000;
const MAX_REASONS = 50;

/** What a rebuild found. */
export interface Outcome {
  readonly events: number;
  readonly difference: Difference;
  /** Events that today's code does not take, by why; their rows, where they have any, stay as they are. */
  readonly refused: Readonly<Record<string, number>>;
  readonly keptRows: number;
  /** Events that had been accepted before: the first of each has the row. */
  readonly repeated: number;
  readonly isApplied: boolean;
  /** What is no longer kept: its rows stay as they are. */
  readonly gone: Gone;
}

export interface RebuildDeps {
  readonly client: ClickHouseClient;
  readonly show: (what: string, done: number, total: number) => void;
  /** Aborted, the rebuild ends where it is and leaves the live table as it was. */
  readonly signal: AbortSignal;
}

/**
 * Normalizes again from `events` into a shadow table, compares it with the live one and, where that is wanted and
 * anything differs, swaps the two; then the rooms of its rows are put right, too.
 * @throws the signal's reason, CommandError, or ClickHouse's error; the live table is then as it was, or the rooms are
 *   put right by the next run
 */
export async function rebuild(scope: Scope, isApply: boolean, deps: RebuildDeps): Promise<Outcome> {
  const { client, signal } = deps;
  const names = namesOf(scope, randomBytes(4).toString('hex'));
  await cleanUp(client, scope);
  try {
    await createShadow(client, scope, names);
    const erased = await erasureCount(client);
    const gone = await readGone(client);
    const repeats = await readRepeats(client, scope, gone);
    const filling = { scope, shadow: names.shadow, repeats, gone };
    const filled = await fillAll(filling, deps);
    const difference = await compareAll(filling, filled.windows, deps);
    const isApplied = isApply && difference.added + difference.removed + difference.changed > 0;
    if (isApplied) {
      deps.show('swap', 0, 1);
      await swap(client, filling, names, { erased, signal });
      await keepBooks(client);
    }
    // Whatever was swapped now, or by a run that ended right after it.
    if (isApply) await reconcile(client, scope.kind, deps.show);
    const { events, repeated, refused, keptRows } = filled;
    return { events, difference, refused, keptRows, repeated, isApplied, gone };
  } finally {
    await cleanUp(client, scope);
  }
}

async function fillAll(filling: Filling, { client, show, signal }: RebuildDeps) {
  const { scope } = filling;
  const reached = and(ofApp(scope), withinReach(scope.kind, filling.gone));
  const where = and(ofKind(scope), reached);
  const source = { table: EVENTS_TABLE, where, weight: PAGE.weight };
  const span = await closed(client, scope, [EVENTS_TABLE, scope.table]);
  const total = await count(client, source, span);
  const done: Window[] = [];
  const refused: Record<string, number> = {};
  let events = 0;
  let keptRows = 0;
  let repeated = 0;
  show('events', 0, total);
  for await (const window of windows(client, source, span, PAGE.limit)) {
    signal.throwIfAborted();
    const filled = await fill(client, filling, window, reached);
    for (const { reason } of filled.refused) {
      const known = reason in refused || Object.keys(refused).length < MAX_REASONS ? reason : 'other reasons';
      refused[known] = (refused[known] ?? 0) + 1;
    }
    events += filled.events;
    keptRows += filled.kept;
    repeated += filled.repeated;
    done.push(window);
    show('events', events, total);
  }
  return { windows: done, events, repeated, refused, keptRows };
}

async function compareAll(
  { scope, shadow, repeats, gone }: Filling,
  filled: readonly Window[],
  { client, show, signal }: RebuildDeps,
): Promise<Difference> {
  const columns = await columnsOf(client, scope.table);
  const look = (window: Window) =>
    compare(client, { scope, shadow, columns, window, hasRepeats: !repeats.isEmpty, gone });
  let difference = SAME;
  const again: Window[] = [];
  for (const [index, window] of filled.entries()) {
    signal.throwIfAborted();
    const found = await look(window);
    // Not a row that is missing, perhaps, but one that the consumer is just about to insert.
    if (found.added > 0) again.push(window);
    else difference = sum(difference, found);
    show('compared windows', index + 1, filled.length);
  }
  if (again.length > 0) await sleep(ON_ITS_WAY_MS, undefined, { signal });
  for (const [index, window] of again.entries()) {
    signal.throwIfAborted();
    difference = sum(difference, await look(window));
    show('compared again', index + 1, again.length);
  }
  return difference;
}
