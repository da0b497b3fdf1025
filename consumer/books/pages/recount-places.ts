import type { ClickHouseClient } from '@clickhouse/client';
import { rowsOf } from '../../persist/clickhouse.ts';
import { EVENT_IDS_TABLE, EVENT_NUMBERS_TABLE, EVENTS_TABLE } from '../../persist/tables.ts';
import { inPages, type Page, paramsOf, placesIn, rewrite, touch } from './pages.ts';

/** The ids of so many pages are in memory at a time: a million at most. */
const PAGES_AT_ONCE = 64;

/** Events that stand in these pages, and those that did and are no longer kept. */
const placesOf = (pages: readonly Page[]) =>
  placesIn([EVENTS_TABLE, 'closed_events'], inPages(pages, 'toString(outbox)', 'intDiv(sequence, 16384)'));

/**
 * Makes `event_numbers` and `event_ids` say of events what their rows say. What is too much in `event_ids` does no harm:
 * the view repeated_events looks at the rows.
 * @param changed pages whose numbers were others in the books than in the rows
 * @throws what ClickHouse's client throws
 */
export async function recountPlaces(
  client: ClickHouseClient,
  changed: readonly (Page & { readonly gone: number })[],
): Promise<void> {
  const shared = await sharedPages(client);
  const stale = [...changed.filter(({ gone }) => gone > 0), ...shared];
  for (let start = 0; start < stale.length; start += PAGES_AT_ONCE) {
    const pages = stale.slice(start, start + PAGES_AT_ONCE);
    await rewrite(
      client,
      `ALTER TABLE ${EVENT_NUMBERS_TABLE} DELETE WHERE ${inPages(pages, 'toString(outbox)', 'page')}
       AND (outbox, sequence, id_hash) NOT IN (
         SELECT outbox, sequence, cityHash64(event_id) FROM ${placesOf(pages)})`,
      paramsOf(pages),
    );
  }
  await touch(client, shared);
  if (changed.length === 0) return;
  const rows = `FROM ${placesOf(changed)}`;
  await rewrite(
    client,
    `INSERT INTO ${EVENT_NUMBERS_TABLE} (outbox, page, sequence, id_hash, received_at)
     SELECT outbox, intDiv(sequence, 16384), sequence, cityHash64(event_id), received_at ${rows}`,
    paramsOf(changed),
  );
  await rewrite(
    client,
    `INSERT INTO ${EVENT_IDS_TABLE} (id_hash, outbox, sequence, received_hour)
     SELECT cityHash64(event_id), outbox, sequence, toStartOfHour(received_at) ${rows}`,
    paramsOf(changed),
  );
}

/** Pages in which two events have one number: the row of one may have gone, and the number stand. */
function sharedPages(client: ClickHouseClient): Promise<Page[]> {
  return rowsOf<Page>(
    client,
    `SELECT toString(outbox) AS outbox, page FROM
     (SELECT outbox, page, sequence FROM ${EVENT_NUMBERS_TABLE} GROUP BY outbox, page, sequence HAVING uniqExact(id_hash) > 1)
     GROUP BY outbox, page`,
    {},
    { optimize_aggregation_in_order: 1 },
  );
}
