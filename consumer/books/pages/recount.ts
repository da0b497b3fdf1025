import type { ClickHouseClient } from '@clickhouse/client';
import { FACT_KINDS, KINDS, type Kind } from '../../../schemas/webhooks.ts';
import { rowsOf } from '../../persist/clickhouse.ts';
import { BOOK_PAGES_TABLE, EVENTS_TABLE, FACT_TABLES } from '../../persist/tables.ts';
import { inPages, type Page, paramsOf, rewrite, touch } from './pages.ts';
import { recountPlaces } from './recount-places.ts';

/** The rows of one kind that the books have a set of. */
interface Part {
  readonly entry: 'event' | 'fact';
  readonly kind: Kind;
  /** Where they are read: events as they stand, since one that became a fact has another kind by now. */
  readonly rows: string;
}

interface Disagreement extends Page {
  /** How many numbers of the books have no row. */
  readonly gone: number;
}

/**
 * Makes the books say of a table what its rows say, whatever was done to these, a kind after the other, so that one set
 * for each page is in memory. Pages with numbers that have gone are emptied, then filled from the rows; of these, the
 * books miss some in between, for as long as that takes. What is inserted meanwhile is in the rows that are read, or is
 * entered after the page was emptied.
 * @throws what ClickHouse's client throws; the next run does the rest
 */
export async function recountTable(client: ClickHouseClient, table: string): Promise<void> {
  const changed: Disagreement[] = [];
  for (const part of partsOf(table)) {
    const pages = await disagreeing(client, part);
    await refill(client, part, pages);
    changed.push(...pages);
  }
  if (table === EVENTS_TABLE) await recountPlaces(client, changed);
}

function partsOf(table: string): Part[] {
  if (table === EVENTS_TABLE) {
    const rows = (kind: Kind) => `(SELECT outbox, sequence, received_at FROM events WHERE kind = '${kind}')`;
    return KINDS.map((kind) => ({ entry: 'event', kind, rows: rows(kind) }));
  }
  const kinds = FACT_KINDS.filter((kind) => FACT_TABLES[kind] === table);
  return kinds.map((kind) => ({ entry: 'fact', kind, rows: table }));
}

async function disagreeing(client: ClickHouseClient, { entry, kind, rows }: Part): Promise<Disagreement[]> {
  const query = `
    SELECT outbox, page,
      groupBitmapMergeStateIf(numbers, is_row) AS in_rows,
      groupBitmapMergeStateIf(numbers, NOT is_row) AS in_books,
      bitmapAndnotCardinality(in_books, in_rows) AS gone
    FROM
    (
      SELECT toString(outbox) AS outbox, intDiv(sequence, 16384) AS page,
        groupBitmapState(toUInt16(sequence % 16384)) AS numbers, true AS is_row
      FROM ${rows} GROUP BY outbox, page
      UNION ALL
      SELECT outbox, page, groupBitmapMergeState(numbers), false
      FROM ${BOOK_PAGES_TABLE} WHERE entry = {entry:String} AND kind = {kind:String} GROUP BY outbox, page
    )
    GROUP BY outbox, page
    HAVING bitmapXorCardinality(in_rows, in_books) > 0`;
  return rowsOf(client, `SELECT outbox, page, gone FROM (${query})`, { entry, kind });
}

async function refill(
  client: ClickHouseClient,
  { entry, kind, rows }: Part,
  pages: readonly Disagreement[],
): Promise<void> {
  if (pages.length === 0) return;
  const ofPart = { entry, kind };
  const stale = pages.filter(({ gone }) => gone > 0);
  if (stale.length > 0) {
    const where = `entry = {entry:String} AND kind = {kind:String} AND ${inPages(stale, 'outbox', 'page')}`;
    const params = { ...ofPart, ...paramsOf(stale) };
    await rewrite(client, `ALTER TABLE ${BOOK_PAGES_TABLE} DELETE WHERE ${where}`, params);
  }
  await touch(client, pages);
  await rewrite(
    client,
    `INSERT INTO ${BOOK_PAGES_TABLE} (outbox, page, entry, kind, numbers, newest_received_at, touches, touched_at)
     SELECT toString(outbox) AS outbox, intDiv(sequence, 16384) AS page, {entry:String}, {kind:String},
       groupBitmapState(toUInt16(sequence % 16384)), max(received_at), 1, now64(3)
     FROM ${rows} WHERE ${inPages(pages, 'toString(outbox)', 'intDiv(sequence, 16384)')} GROUP BY outbox, page`,
    { ...ofPart, ...paramsOf(pages) },
  );
}
