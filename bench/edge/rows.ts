import { waitFor } from '../../local/wait.ts';
import { postFor, postOneByOne } from './load.ts';
import { type BenchWorker, outboxTotals, type Workers } from './workers.ts';

/** Rows that the outboxes wrote for an event, with all that followed. */
export interface RowsWritten {
  readonly atFullRate: number;
  /** Where it is alone: everything is over before the next one comes. */
  readonly alone: number;
}

const LONE_EVENTS = 2;
const AT_REST = { timeoutMs: 60_000, intervalMs: 20 };

/** Counts rows with a Worker of its own: what counts is no part of what is timed. @param turnMs how long it posts */
export async function countRows(workers: Workers, turnMs: number): Promise<RowsWritten> {
  const worker = await workers.start('counted', {});
  const atRest = async () => {
    await waitFor(async () => (await totals(worker)).isAtRest, AT_REST);
  };
  const rowsAnEvent = async (post: () => Promise<unknown>) => {
    const before = await totals(worker);
    await post();
    await atRest();
    const after = await totals(worker);
    return (after.rows - before.rows) / (after.accepted - before.accepted);
  };
  await postFor(worker, turnMs / 2);
  await atRest();
  return {
    atFullRate: await rowsAnEvent(() => postFor(worker, turnMs)),
    alone: await rowsAnEvent(() => postOneByOne(worker, LONE_EVENTS, atRest)),
  };
}

async function totals(worker: BenchWorker): Promise<{ rows: number; isAtRest: boolean; accepted: number }> {
  const response = await fetch(`http://127.0.0.1:${worker.port}/rows-written`);
  const { rows_written: rows, is_at_rest: isAtRest } = (await response.json()) as {
    readonly rows_written: number;
    readonly is_at_rest: boolean;
  };
  const { accepted } = await outboxTotals(worker);
  return { rows, isAtRest, accepted };
}
