import { existsSync } from 'node:fs';
import { cp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { clickHouseAnswers } from '../../local/clickhouse/clickhouse.ts';
import { waitFor } from '../../local/wait.ts';
import { runScript } from './programs.ts';

/** A database to which the migrations were applied, once for the whole run; detached, so that its files rest. */
const MIGRATED = 'migrated';
/**
 * One with a view of each of its names, in a backup. A database can be attached to files only where ClickHouse knows
 * the UUIDs that they tell, and restoring it is the quickest way to as many new ones.
 */
const NAMES = 'names';
const BACKUP = "Memory('names')";
/** A backup in memory is its session's own. */
const SESSION = 'session_id=names&session_timeout=3600';
/** ClickHouse's SESSION_IS_LOCKED. */
const LOCKED = '373';

const TIMEOUT_MS = 120_000;

/** A ClickHouse of local/clickhouse. */
export type LocalClickHouse = {
  /** Without a database. */
  readonly url: string;
  /** The folder that it was started on. */
  readonly dir: string;
};

/**
 * Makes that database, by the project's own command.
 * @param readyFile is written when it can be copied
 */
export async function migrateOnce({ url, dir }: LocalClickHouse, readyFile: string): Promise<void> {
  await waitFor(() => clickHouseAnswers(url), { timeoutMs: TIMEOUT_MS });
  const database = new URL(`/${MIGRATED}`, url).href;
  await runScript('consumer/persist/migrate.ts', { CLICKHOUSE_URL: database }, [], TIMEOUT_MS);
  const parts = await mergedParts(url);
  await run(url, `DETACH DATABASE ${MIGRATED}`);
  await removeOtherParts(dir, parts);
  await run(url, `CREATE DATABASE ${NAMES}`);
  for (const file of await readdir(await definitionsOf(dir, MIGRATED))) {
    await run(url, `CREATE VIEW ${NAMES}.${basename(file, '.sql')} AS SELECT 1`);
  }
  await run(`${url}/?${SESSION}`, `BACKUP DATABASE ${NAMES} TO ${BACKUP}`);
  await run(url, `DROP DATABASE ${NAMES}`);
  await writeFile(readyFile, '');
}

/**
 * Makes a database that is a copy of it, by files: the migrations take the processor twenty times as long, and creating
 * what they end up with five times.
 */
export async function copyMigrated({ url, dir }: LocalClickHouse, database: string): Promise<void> {
  await restoreNames(url, database);
  await run(url, `DETACH DATABASE ${database}`);
  const [from, to] = [await definitionsOf(dir, MIGRATED), await definitionsOf(dir, database)];
  for (const file of await readdir(from)) {
    const definition = await readFile(join(from, file), 'utf8');
    const [uuid, own] = [uuidOf(definition), uuidOf(await readFile(join(to, file), 'utf8'))];
    await writeFile(join(to, file), definition.replace(uuid, own).replaceAll(`${MIGRATED}.`, `${database}.`));
    // A view has none.
    if (existsSync(folderOf(dir, uuid)))
      await cp(folderOf(dir, uuid), folderOf(dir, own), { recursive: true });
  }
  await run(url, `ATTACH DATABASE ${database}`);
}

/** Merges what each table holds: each migration has left a part, and a part is a dozen files. @returns what is left */
async function mergedParts(url: string): Promise<ReadonlySet<string>> {
  const parts = async (columns: string) => {
    const query = `SELECT ${columns} FROM system.parts WHERE active AND database = '${MIGRATED}'`;
    return (await ask(url, query)).text.split('\n').filter((line) => line !== '');
  };
  for (const table of await parts('DISTINCT table'))
    await run(url, `OPTIMIZE TABLE ${MIGRATED}.${table} FINAL`);
  return new Set(await parts("concat(table, '/', name)"));
}

/** Removes the parts that were merged into others: ClickHouse itself keeps them for minutes. */
async function removeOtherParts(dir: string, parts: ReadonlySet<string>): Promise<void> {
  const definitions = await definitionsOf(dir, MIGRATED);
  for (const file of await readdir(definitions)) {
    const folder = folderOf(dir, uuidOf(await readFile(join(definitions, file), 'utf8')));
    const names = existsSync(folder) ? await readdir(folder) : [];
    // A part's name ends in the numbers of its blocks and its level.
    const others = names.filter(
      (name) => /_\d+$/.test(name) && !parts.has(`${basename(file, '.sql')}/${name}`),
    );
    for (const name of others) await rm(join(folder, name), { recursive: true });
  }
}

async function restoreNames(url: string, database: string): Promise<void> {
  const statement = `RESTORE DATABASE ${NAMES} AS ${database} FROM ${BACKUP}`;
  const restore = async () => {
    const answer = await ask(`${url}/?${SESSION}`, statement);
    // Test files run side by side, and a session takes one statement at a time.
    if (answer.code === LOCKED) throw new Error(answer.text);
    return answer;
  };
  accept(await waitFor(restore, { timeoutMs: TIMEOUT_MS }));
}

/** The folder with the definition of each table and view of a database, as files. */
async function definitionsOf(dir: string, database: string): Promise<string> {
  return folderOf(dir, uuidOf(await readFile(join(dir, 'data', 'metadata', `${database}.sql`), 'utf8')));
}

/** Where ClickHouse keeps what has a UUID. */
function folderOf(dir: string, uuid: string): string {
  return join(dir, 'data', 'store', uuid.slice(0, 3), uuid);
}

function uuidOf(definition: string): string {
  const uuid = /^ATTACH [A-Z ]+ _ UUID '([\da-f-]{36})'/.exec(definition)?.[1];
  if (uuid === undefined) throw new Error(`This defines nothing with a UUID: ${definition}`);
  return uuid;
}

/** @throws what ClickHouse answers where it does not do it */
export async function run(url: string, statement: string): Promise<void> {
  accept(await ask(url, statement));
}

/** `code` is ClickHouse's, where it does not do what it was asked for. */
type Answer = { readonly code: string | null; readonly text: string };

async function ask(url: string, statement: string): Promise<Answer> {
  const response = await fetch(url, { method: 'POST', body: statement });
  return { code: response.headers.get('x-clickhouse-exception-code'), text: await response.text() };
}

function accept({ code, text }: Answer): void {
  if (code !== null) throw new Error(text);
}
