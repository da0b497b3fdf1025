import type { ClickHouseClient, ClickHouseSettings } from '@clickhouse/client';
import { dateTime } from '../../normalize/date-time-text.ts';
import { rowsOf } from '../../persist/clickhouse.ts';
import { REPEATED_IDS_TABLE, SEALS_TABLE } from '../../persist/tables.ts';
import { type Page, paramsOf } from './pages.ts';

/** So many open pages are listed at a time. */
const LISTED_AT_ONCE = 2_000;
/** So many pages are worked out at a time, however many are open: after an upgrade, all are. */
const SEALED_AT_ONCE = 32;
/** The ids of about so many events are in ClickHouse's memory at a time. */
const LOOKED_FOR_AT_ONCE = 250_000;

const OPEN = `
  SELECT outbox, page, touches FROM book_open
  WHERE NOT is_foreign AND touched_at <= now64(3) - toIntervalMillisecond({quiet:UInt32})
  ORDER BY outbox, page
  LIMIT {most:UInt32}`;

/** Where event_numbers is behind the sets, a page is left open. */
const CONTENTS = `
  SELECT outbox, page, numbers, places, runs, newest_received_at, kinds
  FROM page_books
  WHERE is_open AND places >= numbers AND (outbox, page) IN ${pairs()}`;

/** The ids in these pages that stand at another place too, of numbers that were not looked at before. */
const REPEATED = `
  INSERT INTO ${REPEATED_IDS_TABLE} (id_hash, found_at)
  WITH
    sealed AS (SELECT outbox, page, checked FROM ${SEALS_TABLE} FINAL WHERE (outbox, page) IN ${pairs()}),
    numbers AS
    (
      SELECT outbox, page, groupBitmapMergeState(numbers) AS stored
      FROM book_pages WHERE entry = 'event' AND (outbox, page) IN ${pairs()}
      GROUP BY outbox, page
    ),
    unchecked AS
    (
      SELECT numbers.outbox AS outbox,
        numbers.page * 16384 + arrayJoin(bitmapToArray(bitmapAndnot(numbers.stored, sealed.checked))) AS sequence
      FROM numbers LEFT JOIN sealed ON sealed.outbox = numbers.outbox AND sealed.page = numbers.page
    ),
    shared AS
    (
      SELECT toString(outbox) AS outbox, sequence
      FROM event_numbers WHERE (outbox, page) IN ${pairs()}
      GROUP BY outbox, page, sequence HAVING min(id_hash) != max(id_hash)
    ),
    ids AS
    (
      SELECT id_hash
      FROM event_numbers
      WHERE (outbox, page) IN ${pairs()}
        AND (outbox, sequence) IN (SELECT outbox, sequence FROM unchecked UNION ALL SELECT outbox, sequence FROM shared)
    )
  SELECT id_hash, now64(3)
  FROM event_ids WHERE id_hash IN (SELECT id_hash FROM ids)
  GROUP BY id_hash HAVING uniqExact(outbox, sequence) > 1`;

/** Numbers are read in their order, so that those of one page are in memory. */
const IN_ORDER = { optimize_aggregation_in_order: 1 } as const;

interface OpenPage extends Page {
  readonly touches: number;
}

/** With all else that is kept of a page. */
interface Contents extends Page {
  readonly places: number;
}

/**
 * Seals open pages: what was worked out of them is kept, with how often they had been touched before it was. Whatever is
 * inserted after that opens them again. Ids are looked for last: all that is kept as looked for has been.
 * @param quietMs milliseconds that a page must have been left alone
 * @returns how many were sealed
 * @throws what ClickHouse's client throws
 */
export async function sealPages(
  client: ClickHouseClient,
  quietMs: number,
  limits: ClickHouseSettings = {},
): Promise<number> {
  let sealed = 0;
  for (;;) {
    const open = await rowsOf<OpenPage>(client, OPEN, { quiet: quietMs, most: LISTED_AT_ONCE }, limits);
    let done = 0;
    for (let start = 0; start < open.length; start += SEALED_AT_ONCE) {
      done += await seal(client, open.slice(start, start + SEALED_AT_ONCE), limits);
    }
    sealed += done;
    // Those that are left are behind, and would be asked for again and again.
    if (open.length < LISTED_AT_ONCE || done === 0) return sealed;
  }
}

async function seal(
  client: ClickHouseClient,
  open: readonly OpenPage[],
  limits: ClickHouseSettings,
): Promise<number> {
  const contents = await rowsOf<Contents>(client, CONTENTS, paramsOf(open), limits);
  if (contents.length === 0) return 0;
  for (const pages of lookedForTogether(contents)) {
    await client.command({
      query: REPEATED,
      query_params: paramsOf(pages),
      clickhouse_settings: { ...limits, ...IN_ORDER },
    });
  }
  const touches = new Map(open.map((each) => [keyOf(each), each.touches]));
  const sealed_at = dateTime(Date.now());
  const values = contents.map((page) => ({ ...page, touches: touches.get(keyOf(page)), sealed_at }));
  await client.insert({ table: SEALS_TABLE, values, format: 'JSONEachRow' });
  return contents.length;
}

/** The pages that are asked for, as a set that an index is read by. */
function pairs(): string {
  return '(SELECT pair.1, pair.2 FROM (SELECT arrayJoin(arrayZip({outboxes:Array(String)}, {pages:Array(UInt64)})) AS pair))';
}

/** As many as have few enough events, and one at the least. */
function lookedForTogether(contents: readonly Contents[]): Contents[][] {
  const together: Contents[][] = [];
  let events = Number.POSITIVE_INFINITY;
  for (const page of contents) {
    events += page.places;
    if (events > LOOKED_FOR_AT_ONCE) {
      together.push([]);
      events = page.places;
    }
    together.at(-1)?.push(page);
  }
  return together;
}

const keyOf = ({ outbox, page }: Page) => `${outbox} ${page}`;
