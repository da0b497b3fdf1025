import { text } from 'node:stream/consumers';
import type { ClickHouseClient } from '@clickhouse/client';
import type { ClickHouseTarget } from '../../consumer/config.ts';
import { rowsOf } from '../../consumer/persist/clickhouse.ts';
import { describeFault } from '../../consumer/persist/faults.ts';
import { FOREIGN_TABLE, PATHS_TABLE, ROW_FORMATS } from '../../consumer/persist/tables.ts';
import { queryFault } from '../../consumer/query-faults.ts';
import { type Finding, findingsOf } from './finding.ts';

const { ok, warning, failure, unknown } = findingsOf('clickhouse');
const USERS = 'operate/clickhouse/users.sql has the grants.';

/** A privilege, and what it is on. */
type Right = `${string} ON ${string}`;

/** What the consumer does. @param database a plain name */
const needs = (database: string): Right[] => [
  `SELECT ON ${database}.*`,
  ...[...ROW_FORMATS.keys(), FOREIGN_TABLE, PATHS_TABLE].map(
    (table): Right => `INSERT ON ${database}.${table}`,
  ),
];

/** What it never does, and what whoever takes its password could do harm by. */
const excesses = (database: string): Right[] => [
  `INSERT ON ${database}._migrations`,
  `INSERT ON ${database}.business_hours`,
  `CREATE TABLE ON ${database}.*`,
  `CREATE VIEW ON ${database}.*`,
  `ALTER DELETE ON ${database}.sessions_rows`,
  `ALTER UPDATE ON ${database}.events_rows`,
  `TRUNCATE ON ${database}.events_rows`,
  `DROP TABLE ON ${database}.events_rows`,
  'SELECT ON *.*',
  'CREATE USER ON *.*',
  'SYSTEM ON *.*',
];

/**
 * Whether the consumer's user may do what the consumer does, and no more.
 * @param client of that user
 */
export async function lookAtWriter(
  client: ClickHouseClient,
  { username, database }: Pick<ClickHouseTarget, 'username' | 'database'>,
): Promise<{ lacks: Finding[]; exceeds: Finding[] }> {
  try {
    const lacking = await filter(needs(database), async (right) => !(await isGranted(client, right)));
    const beyond = await filter(excesses(database), (right) => isGranted(client, right));
    const lacks = `${username} may not do what the consumer does: ${lacking.join(', ')}`;
    const exceeds = `${username} may do more than the consumer does: ${beyond.join(', ')}`;
    return {
      lacks:
        lacking.length > 0
          ? [failure(lacks, `Grant it: ${USERS}`)]
          : [ok(`${username} may do what the consumer does`)],
      exceeds: beyond.length > 0 ? [warning(exceeds, `Make a user for the consumer: ${USERS}`)] : [],
    };
  } catch (error) {
    if (queryFault(error) === undefined) throw error;
    const what = `what ${username} may do: CHECK GRANT fails with ${describeFault(error).code}`;
    return { lacks: [unknown(what)], exceeds: [] };
  }
}

/**
 * Whether the dashboard's user reads, and cannot write.
 * @param client of that user
 * @throws ClickHouse's error where it cannot read
 */
export async function lookAtReader(client: ClickHouseClient, username: string): Promise<Finding> {
  await rowsOf(client, 'SELECT 1 FROM events LIMIT 1');
  try {
    // Nothing is inserted either way: there is no row.
    await client.command({ query: 'INSERT INTO events_rows SELECT * FROM events_rows WHERE 0' });
  } catch (error) {
    const fault = queryFault(error);
    if (fault === undefined) throw error;
    if (fault === 'refused') return ok(`${username} reads, and cannot write`);
    return unknown(
      `whether ${username} could write: an insert without a row fails with ${describeFault(error).code}`,
    );
  }
  return failure(
    `the dashboard's user ${username} can write`,
    `Give it SELECT alone, with readonly = 2: ${USERS}`,
  );
}

/** CHECK GRANT takes no FORMAT, with which a query of the client would end. */
async function isGranted(client: ClickHouseClient, right: Right): Promise<boolean> {
  const { stream } = await client.exec({ query: `CHECK GRANT ${right}` });
  return (await text(stream)).trim() === '1';
}

async function filter<Item>(items: readonly Item[], keeps: (item: Item) => Promise<boolean>) {
  const kept = await Promise.all(items.map(keeps));
  return items.filter((_, at) => kept[at]);
}
