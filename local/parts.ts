import { join } from 'node:path';
import { type Child, startChild } from './child.ts';
import { clickHouseAnswers, startClickHouse } from './clickhouse/clickhouse.ts';
import type { Part } from './component.ts';
import { installKafka } from './kafka/install.ts';
import { findJava } from './kafka/java.ts';
import { listTopics, startKafka } from './kafka/kafka.ts';
import { nodeCommand } from './npm-script.ts';
import { freePort } from './ports.ts';
import type { LocalSettings } from './settings.ts';
import type { Report } from './terminal.ts';
import { tickWhile } from './worker/clock.ts';
import { startWorker, workerAnswers } from './worker/worker.ts';

const ROOT = join(import.meta.dirname, '..');
// Kept whatever LOCAL_DIR is: the jars are the same for all.
const KAFKA_LIBS = join(ROOT, '.local', 'kafka-libs');
// As on a server; `default` is there besides, and may do everything.
const CLICKHOUSE_USERS = join(ROOT, 'operate', 'clickhouse', 'users.sql');
const PROBE_TIMEOUT_MS = 2000;

/** Where a component's output goes. */
export function logFile({ dir }: LocalSettings, name: string): string {
  return join(dir, 'logs', `${name}.log`);
}

/** Arguments for Node to run one of the project's programs. */
export function script(path: string): string[] {
  return [join(ROOT, path)];
}

/** The environment of a program that is this user of the local ClickHouse; of one that is given, the user given. */
export function environmentAs(user: 'writer' | 'migrator', settings: LocalSettings): NodeJS.ProcessEnv {
  if (!settings.startsClickHouse) return settings.env;
  const url = new URL(settings.clickHouseUrl);
  url.username = user;
  return { ...settings.env, CLICKHOUSE_URL: url.href };
}

/** @throws Trouble when Java or Maven is missing */
export async function kafkaPart(settings: LocalSettings, report: Report, signal: AbortSignal): Promise<Part> {
  const { env, ports } = settings;
  const java = await findJava(env);
  const libs = await installKafka(KAFKA_LIBS, env, (line) => report('kafka', line), signal);
  const where = `127.0.0.1:${ports.kafka}`;
  const log = logFile(settings, 'kafka');
  const dir = join(settings.dir, 'kafka');
  return {
    name: 'kafka',
    where,
    logFile: log,
    launch: () => startKafka({ dir, port: ports.kafka, libs, java, env, logFile: log }),
    answers: () => listTopics([where]),
    stopBoundMs: 20_000,
  };
}

export function clickHousePart(settings: LocalSettings): Part {
  const { env, ports, dir } = settings;
  const where = `http://127.0.0.1:${ports.clickHouse}`;
  const log = logFile(settings, 'clickhouse');
  return {
    name: 'clickhouse',
    where,
    logFile: log,
    launch: () =>
      startClickHouse({
        dir: join(dir, 'clickhouse'),
        port: ports.clickHouse,
        usersFile: CLICKHOUSE_USERS,
        env,
        logFile: log,
      }),
    answers: () => clickHouseAnswers(where),
    stopBoundMs: 10_000,
  };
}

/** @param bundleDir filled by `bundleWorker` */
export function workerPart(settings: LocalSettings, bundleDir: string): Part {
  const { env, ports, dir, workerVars: vars } = settings;
  const where = `http://127.0.0.1:${ports.worker}`;
  const log = logFile(settings, 'worker');
  return {
    name: 'worker',
    where,
    logFile: log,
    launch: async () => {
      const clockPort = await freePort();
      const place = { dir: join(dir, 'worker'), port: ports.worker, clockPort };
      const child = await startWorker({ bundleDir, ...place, vars, env, logFile: log });
      void tickWhile(child.ended, clockPort);
      return child;
    },
    answers: () => workerAnswers(where),
    stopBoundMs: 5000,
  };
}

export function consumerPart(settings: LocalSettings): Part {
  const where = `http://127.0.0.1:${settings.ports.consumer}`;
  const log = logFile(settings, 'consumer');
  const launch = (): Promise<Child> => {
    const { env, args } = nodeCommand('consumer');
    return startChild({
      command: process.execPath,
      args: [...args],
      cwd: ROOT,
      env: { ...env, ...environmentAs('writer', settings) },
      logFile: log,
    });
  };
  // It finishes its batch and commits before it ends.
  return { name: 'consumer', where, logFile: log, launch, answers: () => ready(where), stopBoundMs: 15_000 };
}

async function ready(url: string): Promise<void> {
  const response = await fetch(new URL('/readyz', url), { signal: AbortSignal.timeout(PROBE_TIMEOUT_MS) });
  await response.body?.cancel();
  if (!response.ok) throw new Error(`the consumer answers ${response.status}`);
}
