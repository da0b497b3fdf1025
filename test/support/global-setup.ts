import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import type { Child } from '../../local/child.ts';
import { startClickHouse } from '../../local/clickhouse/clickhouse.ts';
import { installKafka } from '../../local/kafka/install.ts';
import { findJava } from '../../local/kafka/java.ts';
import { startKafka } from '../../local/kafka/kafka.ts';
import { freePort } from '../../local/ports.ts';
import { baseEnvironment, KAFKA_LIBS } from './environment.ts';
import { migrateOnce } from './migrated.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** Where the run's shared parts are; the functions of test/support wait until they answer. */
    shared: SharedParts;
  }
}

export type SharedParts = {
  brokers: string;
  /** Without a database. */
  clickHouseUrl: string;
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
  const clickHouseUrl = `http://127.0.0.1:${clickHousePort}`;
  project.provide('shared', {
    brokers: `127.0.0.1:${kafkaPort}`,
    clickHouseUrl,
    tempDir,
    failureFile,
    migratedFile,
  });
  const starting = [
    startSharedKafka(tempDir, kafkaPort),
    startSharedClickHouse(tempDir, clickHousePort),
  ] as const;
  const migrating = starting[1].then(() => migrateOnce(clickHouseUrl, migratedFile));
  for (const start of [...starting, migrating]) {
    start.catch((fault) => writeFile(failureFile, fault instanceof Error ? fault.message : String(fault)));
  }
  return async () => {
    await Promise.allSettled([migrating]);
    const started = await Promise.allSettled(starting);
    await Promise.all(started.map((part) => (part.status === 'fulfilled' ? part.value.stop() : undefined)));
    await rm(tempDir, { recursive: true, force: true });
  };
}

async function startSharedKafka(tempDir: string, port: number): Promise<Child> {
  const env = baseEnvironment();
  const java = await findJava(env);
  const libs = await installKafka(KAFKA_LIBS, env, (line) => console.log(`Kafka: ${line}`));
  return startKafka({
    dir: join(tempDir, 'kafka'),
    port,
    libs,
    java,
    env,
    logFile: join(tempDir, 'kafka.log'),
  });
}

function startSharedClickHouse(tempDir: string, port: number): Promise<Child> {
  const logFile = join(tempDir, 'clickhouse.log');
  return startClickHouse({ dir: join(tempDir, 'clickhouse'), port, env: baseEnvironment(), logFile });
}
