import type { ClickHouseClient } from '@clickhouse/client';
import type { IHeaders, Message } from 'kafkajs';
import { OMITTED_HEADER } from '../../../schemas/dead-letter.ts';
import { dateTime } from '../../normalize/date-time-text.ts';
import { rowsOf } from '../../persist/clickhouse.ts';
import type { Selection } from './options.ts';

/** A dead letter that is open, or dismissed, as the view `dead_letters` has it. */
export interface Letter {
  readonly id: string;
  readonly app_id: string;
  readonly kind: string;
  readonly stage: string;
  readonly reason: string;
  readonly topic: string;
  readonly failed_at: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly key: string | null;
  readonly value: string | null;
}

// One question to ClickHouse names so many ids at most: they travel in the URL, and servers take 16 kB of it.
const PAGE_LETTERS = 200;
// And one answer holds so many bytes of base64 before its last letter: memory stays bounded whatever their size.
const PAGE_BYTES = 8_000_000;

/** What is selected as of now: those that fail later, while this command runs, are not taken up again by it. */
export interface Selected {
  readonly count: number;
  readonly pages: () => AsyncGenerator<Letter[]>;
}

/** Finds the dead letters of a selection, to be read page by page in the order of their ids. */
export async function select(client: ClickHouseClient, selection: Selection): Promise<Selected> {
  const [found] = await rowsOf<{ count: number; until: string }>(
    client,
    `SELECT count() AS count, max(failed_at) AS until FROM dead_letters WHERE ${conditions(selection)}`,
    params(selection),
  );
  const { count = 0, until = '' } = found ?? {};
  async function* pages(): AsyncGenerator<Letter[]> {
    for (let after = ''; ; ) {
      const page = await readPage(client, selection, { after, until });
      const last = page.at(-1);
      if (last === undefined) return;
      yield page;
      after = last.id;
    }
  }
  return { count, pages };
}

function readPage(
  client: ClickHouseClient,
  selection: Selection,
  { after, until }: { after: string; until: string },
): Promise<Letter[]> {
  return rowsOf(
    client,
    `SELECT * EXCEPT bytes_before FROM
     (
       SELECT *, sum(length(value)) OVER (ORDER BY id) - length(value) AS bytes_before FROM
       (
         SELECT id, app_id, kind, stage, reason, topic, failed_at, headers, key, value
         FROM dead_letters
         WHERE ${conditions(selection)} AND failed_at <= {until:String} AND id > {after:String}
         ORDER BY id LIMIT {limit:UInt32}
       )
     )
     WHERE ifNull(bytes_before, 0) < {bytes:UInt32} ORDER BY id`,
    { ...params(selection), after, until, limit: PAGE_LETTERS, bytes: PAGE_BYTES },
  );
}

/** Those of the ids that are no dead letters at all, open or closed. */
export async function unknownIds(client: ClickHouseClient, ids: readonly string[]): Promise<string[]> {
  const known = await rowsOf<{ id: string }>(
    client,
    'SELECT DISTINCT id FROM dead_letters_rows WHERE id IN {ids:Array(String)}',
    { ids },
  );
  const found = new Set(known.map(({ id }) => id));
  return ids.filter((id) => !found.has(id));
}

/** Whether a letter holds all of its message: the topic of dead letters may have been unable to take it. */
export function isWhole({ headers }: Letter): boolean {
  return headers[OMITTED_HEADER] === undefined;
}

/** The Kafka message as it was when it failed: its key, value and headers, byte for byte. */
export function originalMessage({ headers, key, value }: Letter): Message & { value: Buffer | null } {
  const bytes = (base64: string | null) => (base64 === null ? null : Buffer.from(base64, 'base64'));
  const original: IHeaders = Object.fromEntries(
    Object.entries(headers).map(([name, values]) => {
      const each = values.split(',').map((one) => Buffer.from(one, 'base64'));
      return [name, each.length === 1 ? each[0] : each];
    }),
  );
  return { key: bytes(key), value: bytes(value), headers: original };
}

function conditions({ ids, reason, sinceMs, stage, app, kind, withDismissed }: Selection): string {
  return [
    withDismissed ? '(is_open OR is_dismissed)' : 'is_open',
    ids && 'id IN {ids:Array(String)}',
    reason !== undefined && 'position(reason, {reason:String}) > 0',
    sinceMs !== undefined && 'failed_at >= {since:String}',
    stage !== undefined && 'stage = {stage:String}',
    app !== undefined && 'app_id = {app:String}',
    kind !== undefined && 'kind = {kind:String}',
  ]
    .filter(Boolean)
    .join(' AND ');
}

function params({ sinceMs, withDismissed: _, ...selection }: Selection): Record<string, unknown> {
  const given = Object.entries(selection).filter(([, value]) => value !== undefined);
  return { ...Object.fromEntries(given), ...(sinceMs !== undefined && { since: dateTime(sinceMs) }) };
}
