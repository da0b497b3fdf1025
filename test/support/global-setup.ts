import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import type { Child } from '../../local/child.ts';
import { startClickHouse } from '../../local/clickhouse/clickhouse.ts';
import { archiveClasses } from '../../local/kafka/archive.ts';
import { installKafka } from '../../local/kafka/install.ts';
import { findJava } from '../../local/kafka/java.ts';
import { listTopics, startKafka } from '../../local/kafka/kafka.ts';
import { freePort } from '../../local/ports.ts';
import { waitFor } from '../../local/wait.ts';
import { baseEnvironment, KAFKA_LIBS } from './environment.ts';
import { type LocalClickHouse, migrateOnce } from './migrated.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** Where the run's shared parts are; the functions of test/support wait until they answer. */
    shared: SharedParts;
  }
}

export type SharedParts = {
  brokers: string;
  clickHouse: LocalClickHouse;
  /** For files of the run: logs, the Worker's bundle, data of servers of a test's own. Removed at the end. */
  tempDir: string;
  /** Made, with the reason in it, when a shared part could not be started. */
  failureFile: string;
  /** Made when the database is there that has the migrations. */
  migratedFile: string;
};

/**
 * Starts one Kafka and one ClickHouse for the whole run, in the background: tests that need neither do not wait.
 */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const tempDir = await mkdtemp(join(tmpdir(), 'qiscus-stream-test-'));
  const [kafkaPort, clickHousePort] = [await freePort(), await freePort()];
  const failureFile = join(tempDir, 'failure.txt');
  const migratedFile = join(tempDir, 'migrated.txt');
  const clickHouse = { url: `http://127.0.0.1:${clickHousePort}`, dir: join(tempDir, 'clickhouse') };
  project.provide('shared', {
    brokers: `127.0.0.1:${kafkaPort}`,
    clickHouse,
    tempDir,
    failureFile,
    migratedFile,
  });
  const starting = [
    startSharedKafka(tempDir, kafkaPort),
    startClickHouse({
      dir: clickHouse.dir,
      port: clickHousePort,
      env: baseEnvironment(),
      logFile: join(tempDir, 'clickhouse.log'),
    }),
  ] as const;
  const migrating = starting[1].then(() => migrateOnce(clickHouse, migratedFile));
  const archiving = starting[0].then(() => archiveKafka(kafkaPort));
  // They start without it as well.
  archiving.catch((fault: unknown) => console.log(`Kafka's classes are not archived: ${fault}`));
  for (const start of [...starting, migrating]) {
    start.catch((fault) => writeFile(failureFile, fault instanceof Error ? fault.message : String(fault)));
  }
  return async () => {
    await Promise.allSettled([migrating, archiving]);
    const started = await Promise.allSettled(starting);
    await Promise.all(started.map((part) => (part.status === 'fulfilled' ? part.value.stop() : undefined)));
    await rm(tempDir, { recursive: true, force: true });
  };
}

async function startSharedKafka(tempDir: string, port: number): Promise<Child> {
  const env = baseEnvironment();
  const java = await findJava(env);
  const libs = await installKafka(KAFKA_LIBS, env, (line) => console.log(`Kafka: ${line}`));
  const logFile = join(tempDir, 'kafka.log');
  return startKafka({ dir: join(tempDir, 'kafka'), port, libs, java, env, logFile });
}

/** Some forty more are started in a run: quicker with an archive, which the shared one need not wait for. */
async function archiveKafka(port: number): Promise<void> {
  const env = baseEnvironment();
  await waitFor(() => listTopics([`127.0.0.1:${port}`]), { timeoutMs: 60_000 });
  await archiveClasses(await installKafka(KAFKA_LIBS, env, () => {}), await findJava(env), env);
}
