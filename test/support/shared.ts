import { existsSync } from 'node:fs';
import { access, mkdtemp, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { inject } from 'vitest';
import { clickHouseAnswers } from '../../local/clickhouse/clickhouse.ts';
import { listTopics } from '../../local/kafka/kafka.ts';
import { waitFor } from '../../local/wait.ts';
import { undoAfterwards } from './clean-up.ts';
import type { LocalClickHouse } from './migrated.ts';

// Includes the first download of Kafka's jars.
const START_TIMEOUT_MS = 120_000;

let kafka: Promise<string> | undefined;
let clickHouse: Promise<string> | undefined;
let migrated: Promise<LocalClickHouse> | undefined;

/** The run's Kafka as `host:port`, once it answers. */
export function sharedBrokers(): Promise<string> {
  const { brokers } = inject('shared');
  kafka ??= whenUp(() => listTopics([brokers])).then(() => brokers);
  return kafka;
}

/** The URL of the run's ClickHouse, without a database, once it answers. */
export function sharedClickHouse(): Promise<string> {
  const { url } = inject('shared').clickHouse;
  clickHouse ??= whenUp(() => clickHouseAnswers(url)).then(() => url);
  return clickHouse;
}

/** The run's ClickHouse, once the database with the migrations is there that others are copied from. */
export function sharedMigrated(): Promise<LocalClickHouse> {
  const { clickHouse, migratedFile } = inject('shared');
  migrated ??= whenUp(() => access(migratedFile)).then(() => clickHouse);
  return migrated;
}

async function whenUp(check: () => Promise<unknown>): Promise<void> {
  const { failureFile } = inject('shared');
  const failed = new AbortController();
  await waitFor(
    async () => {
      if (existsSync(failureFile)) failed.abort(new Error(await readFile(failureFile, 'utf8')));
      await check();
    },
    { timeoutMs: START_TIMEOUT_MS, signal: failed.signal },
  );
}

/** A new folder for one test, removed after it. */
export async function testDir(name = 'test'): Promise<string> {
  const dir = await mkdtemp(join(inject('shared').tempDir, `${name}-`));
  undoAfterwards(() => rm(dir, { recursive: true, force: true }));
  return dir;
}
