import { postFor, postOneByOne } from './load.ts';
import { allPublished, type BenchWorker, outboxTotals, type Workers } from './workers.ts';

/** Rows that the outboxes wrote for an event. */
export interface RowsWritten {
  readonly atFullRate: number;
  /** Where it is alone: published before the next one comes. */
  readonly alone: number;
}

const LONE_EVENTS = 10;

/** Counts rows with a Worker of its own: what counts is no part of what is timed. @param turnMs how long it posts */
export async function countRows(workers: Workers, turnMs: number): Promise<RowsWritten> {
  const worker = await workers.start('counted', {});
  const rowsAnEvent = async (post: () => Promise<unknown>) => {
    const before = await totals(worker);
    await post();
    await allPublished(worker);
    const after = await totals(worker);
    return (after.rows - before.rows) / (after.accepted - before.accepted);
  };
  await postFor(worker, turnMs / 2);
  await allPublished(worker);
  return {
    atFullRate: await rowsAnEvent(() => postFor(worker, turnMs)),
    alone: await rowsAnEvent(() => postOneByOne(worker, LONE_EVENTS, () => allPublished(worker))),
  };
}

async function totals(worker: BenchWorker): Promise<{ rows: number; accepted: number }> {
  const response = await fetch(`http://127.0.0.1:${worker.port}/rows-written`);
  const { rows_written: rows } = (await response.json()) as { readonly rows_written: number };
  const { accepted } = await outboxTotals(worker);
  return { rows, accepted };
}
