import { spawn } from 'node:child_process';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { CommandError, commandLine, runCommand } from '../cli/command.ts';
import { withLocalPipeline } from '../cli/local-pipeline.ts';
import { type MigrationSettings, readMigrationSettings } from '../config.ts';
import { migrationForm } from './migration-form.ts';

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
    console.log(`${await migrate(settings)}\nClickHouse at ${url}, database ${database}: up to date.`);
    return 0;
  });
}
