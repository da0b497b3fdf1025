import type { ClickHouseClient } from '@clickhouse/client';
import { FACT_KINDS, KINDS, type Kind } from '../../../schemas/webhooks.ts';
import { rowsOf } from '../../persist/clickhouse.ts';
import { inParts, type Part } from '../../persist/in-parts.ts';
import { BOOK_PAGES_TABLE, EVENTS_TABLE, FACT_TABLES } from '../../persist/tables.ts';
import { inPages, type Page, paramsOf, placesIn, rewrite, touch } from './pages.ts';
import { recountPlaces } from './recount-places.ts';

/** The rows of one kind that the books have a set of. */
interface Section {
  readonly entry: 'event' | 'fact';
  readonly kind: Kind;
  /**
   * Where they are read: events as they stand, since one that became a fact has another kind by now, and with them
   * what stays of those that are no longer kept.
   */
  readonly rows: string;
}

interface Disagreement extends Page {
  /** How many numbers of the books have no row. */
  readonly gone: number;
  /** Which parts the page is of, 64 bits as digits. */
  readonly hash: string;
}

/** The pages of one part. */
const OF_PART = 'cityHash64(outbox, page) % {parts:UInt32} = {part:UInt32}';

const isOfPart = ({ hash }: Disagreement, { parts, part }: Part) =>
  BigInt(hash) % BigInt(parts) === BigInt(part);

/**
 * Makes the books say of a table what its rows say, and what stays of those that were dropped, whatever was done to these,
 * a kind after the other, so that one set for each page is in memory; where that is too much, of some pages after the
 * others. Pages with numbers that have gone are emptied, then filled from the rows; of these, the books miss some in
 * between, for as long as that takes. What is inserted meanwhile is in the rows that are read, or is entered after the page
 * was emptied.
 * @throws what ClickHouse's client throws; the next run does the rest
 */
export async function recountTable(client: ClickHouseClient, table: string): Promise<void> {
  const found: { readonly section: Section; readonly pages: readonly Disagreement[] }[] = [];
  for (const section of sectionsOf(table)) {
    // Some are named twice where a part was too large, which does no harm.
    const pages: Disagreement[] = [];
    await inParts(1, async (part) => void pages.push(...(await disagreeing(client, section, part))));
    found.push({ section, pages });
  }
  // First: once the sets agree with the rows, a run that follows one that ended would not look at these pages again.
  const changed = found.flatMap(({ pages }) => pages);
  if (table === EVENTS_TABLE) await recountPlaces(client, changed);
  for (const { section, pages } of found) {
    await inParts(1, (part) => {
      const ofPart = pages.filter((page) => isOfPart(page, part));
      return refill(client, section, ofPart, part);
    });
  }
}

function sectionsOf(table: string): Section[] {
  if (table === EVENTS_TABLE) {
    const rows = (kind: Kind) => placesIn(['events', 'closed_events'], `kind = '${kind}'`);
    return KINDS.map((kind) => ({ entry: 'event', kind, rows: rows(kind) }));
  }
  const kinds = FACT_KINDS.filter((kind) => FACT_TABLES[kind] === table);
  return kinds.map((kind) => {
    const tables = kind === 'message' ? [table, 'closed_messages'] : [table];
    return { entry: 'fact', kind, rows: placesIn(tables, '1') };
  });
}

async function disagreeing(
  client: ClickHouseClient,
  { entry, kind, rows }: Section,
  part: Part,
): Promise<Disagreement[]> {
  const query = `
    SELECT outbox, page,
      groupBitmapMergeStateIf(numbers, is_row) AS in_rows,
      groupBitmapMergeStateIf(numbers, NOT is_row) AS in_books,
      bitmapAndnotCardinality(in_books, in_rows) AS gone
    FROM
    (
      SELECT toString(outbox) AS outbox, intDiv(sequence, 16384) AS page,
        groupBitmapState(toUInt16(sequence % 16384)) AS numbers, true AS is_row
      FROM ${rows} WHERE ${OF_PART} GROUP BY outbox, page
      UNION ALL
      SELECT outbox, page, groupBitmapMergeState(numbers), false
      FROM ${BOOK_PAGES_TABLE} WHERE entry = {entry:String} AND kind = {kind:String} AND ${OF_PART}
      GROUP BY outbox, page
    )
    GROUP BY outbox, page
    HAVING bitmapXorCardinality(in_rows, in_books) > 0`;
  return rowsOf(
    client,
    `SELECT outbox, page, gone, toString(cityHash64(outbox, page)) AS hash FROM (${query})`,
    { entry, kind, ...part },
  );
}

async function refill(
  client: ClickHouseClient,
  { entry, kind, rows }: Section,
  pages: readonly Disagreement[],
  part: Part,
): Promise<void> {
  if (pages.length === 0) return;
  const ofPart = { entry, kind, ...part };
  const stale = pages.filter(({ gone }) => gone > 0);
  if (stale.length > 0) {
    const where = `entry = {entry:String} AND kind = {kind:String}
      AND ${OF_PART} AND ${inPages(stale, 'outbox', 'page')}`;
    const params = { ...ofPart, ...paramsOf(stale) };
    await rewrite(client, `ALTER TABLE ${BOOK_PAGES_TABLE} DELETE WHERE ${where}`, params);
  }
  await touch(client, pages);
  await rewrite(
    client,
    `INSERT INTO ${BOOK_PAGES_TABLE} (outbox, page, entry, kind, numbers, newest_received_at, touches, touched_at)
     SELECT toString(outbox) AS outbox, intDiv(sequence, 16384) AS page, {entry:String}, {kind:String},
       groupBitmapState(toUInt16(sequence % 16384)), max(received_at), 1, now64(3)
     FROM ${rows} WHERE ${OF_PART} AND ${inPages(pages, 'outbox', 'page')}
     GROUP BY outbox, page`,
    { ...ofPart, ...paramsOf(pages) },
  );
}
