import { spawn } from 'node:child_process';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { keepBooks } from '../books/pages/keep.ts';
import { withClickHouse } from '../cli/clickhouse.ts';
import { CommandError, commandLine, runCommand } from '../cli/command.ts';
import { withLocalPipeline } from '../cli/local-pipeline.ts';
import { Progress } from '../cli/progress.ts';
import { type MigrationSettings, readMigrationSettings } from '../config.ts';
import { clickHouseClient } from './clickhouse.ts';
import { migrationForm } from './migration-form.ts';

/** A large table is read as a whole. */
const COUNTING_TIMEOUT_MS = 3_600_000;

export const MIGRATIONS = join(import.meta.dirname, 'sql', 'migrations');

/** A migration did not go through; the message holds what the library said. */
export class MigrationError extends CommandError {
  override readonly name = 'MigrationError';
}

/**
 * Creates the database where it is missing and applies the migrations that it has not had yet.
 *
 * The library ends its process when it fails and reads the environment, so it runs as a child of its own, with an
 * environment made for it: the password is not on any command line.
 * @returns the library's report
 * @throws MigrationError when ClickHouse cannot be reached or refuses a migration
 */
export async function migrate(settings: MigrationSettings): Promise<string> {
  const { url, username, password, database } = settings.CLICKHOUSE_URL;
  const form = migrationForm(settings);
  const cli = join(createRequire(import.meta.url).resolve('clickhouse-migrations'), '..', 'cli.js');
  const child = spawn(process.execPath, [cli, 'migrate'], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {
      CH_MIGRATIONS_HOST: url,
      CH_MIGRATIONS_USER: username,
      CH_MIGRATIONS_PASSWORD: password,
      CH_MIGRATIONS_DB: database,
      CH_MIGRATIONS_DB_ENGINE: form.database,
      CH_MIGRATIONS_TABLE_ENGINE: form.applied,
      CH_MIGRATIONS_HOME: MIGRATIONS,
      CH_MIGRATIONS_SUBSTITUTE_ENV: 'true',
      CH_REPLACING_ENGINE: form.replacing,
      CH_AGGREGATING_ENGINE: form.aggregating,
    },
  });
  const output: string[] = [];
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text) => output.push(text));
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  });
  const report = plain(output.join(''));
  if (code !== 0)
    throw new MigrationError(`${report}\nClickHouse at ${url}, database ${database}: not migrated.`);
  return report;
}

/** Enters into new books by pages the rows that were there before. @throws what ClickHouse's client throws */
async function enterRows({ CLICKHOUSE_URL }: MigrationSettings): Promise<void> {
  using progress = new Progress();
  const client = clickHouseClient(CLICKHOUSE_URL, { requestTimeoutMs: COUNTING_TIMEOUT_MS });
  const onRecount = (done: number, total: number) =>
    progress.show('tables entered into the books', done, total);
  await withClickHouse(client, CLICKHOUSE_URL.url, () => keepBooks(client, { onRecount }));
}

/** Less the library's colours and its name in each line. */
function plain(output: string): string {
  return output
    .replace(/\p{Cc}\[\d*m/gu, '')
    .replace(/^\s*clickhouse-migrations :\s*/gm, '')
    .trim();
}

if (import.meta.main) {
  await runCommand(async () => {
    commandLine('migrate', 'Creates the tables and views that are missing.').parse(process.argv.slice(2), {
      from: 'user',
    });
    const settings = readMigrationSettings(withLocalPipeline(process.env));
    const { url, database } = settings.CLICKHOUSE_URL;
    const report = await migrate(settings);
    await enterRows(settings);
    console.log(`${report}\nClickHouse at ${url}, database ${database}: up to date.`);
    return 0;
  });
}
