import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { type Child, startChild } from '../../local/child.ts';
import { clickHouseAnswers, startClickHouse } from '../../local/clickhouse/clickhouse.ts';
import { Component } from '../../local/component.ts';
import { installKafka } from '../../local/kafka/install.ts';
import { findJava } from '../../local/kafka/java.ts';
import { listTopics, startKafka } from '../../local/kafka/kafka.ts';
import { PidFiles } from '../../local/pid-files.ts';
import { startWorker, workerAnswers } from '../../local/worker/worker.ts';
import { baseEnvironment, KAFKA_LIBS, ROOT } from '../support/environment.ts';

/** A program of the pipeline under `npm start`'s own supervisor: it is started again whenever it ends. */
export type Supervised = {
  start(): Promise<void>;
  stop(): Promise<void>;
  /** `kill -9`, now. @returns once it is dead: whether it ran and died of that */
  kill(): Promise<boolean>;
  /** `kill -9`, and never again: for when this process ends at once. */
  abandon(): void;
  /** Its process, when it runs. */
  pid(): number | undefined;
};

export type Place = { readonly dir: string; readonly port: number };

type Launch = { name: string; launch: () => Promise<Child>; answers: () => Promise<unknown>; dir: string };

async function supervise({ name, launch, answers, dir }: Launch): Promise<Supervised> {
  let child: Child | undefined;
  const remembering = async () => {
    child = await launch();
    return child;
  };
  await mkdir(join(dir, 'run'), { recursive: true });
  const component = new Component(
    { name, where: '', logFile: join(dir, `${name}.log`), launch: remembering, answers, stopBoundMs: 10_000 },
    new PidFiles(dir),
    () => {},
  );
  return {
    start: () => component.start(),
    stop: () => component.stop(),
    kill: async () => {
      if (child === undefined || !child.running()) return false;
      child.signal('SIGKILL');
      return (await child.ended).signal === 'SIGKILL';
    },
    abandon: () => component.kill(),
    pid: () => (child?.running() ? child.pid : undefined),
  };
}

/** @param advertisedPort the port of the proxy before it */
export async function kafka({ dir, port }: Place, advertisedPort: number): Promise<Supervised> {
  const env = baseEnvironment();
  const java = await findJava(env);
  const libs = await installKafka(KAFKA_LIBS, env, () => {});
  const options = { dir: join(dir, 'kafka'), port, advertisedPort, java, libs, env };
  return supervise({
    name: 'kafka',
    dir,
    launch: () => startKafka({ ...options, logFile: join(dir, 'kafka.log') }),
    answers: () => listTopics([`127.0.0.1:${port}`]),
  });
}

export function clickHouse({ dir, port }: Place): Promise<Supervised> {
  const options = { dir: join(dir, 'clickhouse'), port, env: baseEnvironment() };
  return supervise({
    name: 'clickhouse',
    dir,
    launch: () => startClickHouse({ ...options, logFile: join(dir, 'clickhouse.log') }),
    answers: () => clickHouseAnswers(`http://127.0.0.1:${port}`),
  });
}

/**
 * @param bundleDir filled by `bundleWorker`
 * @param vars as they are at each start
 */
export function worker(
  { dir, port }: Place,
  bundleDir: string,
  vars: Record<string, string>,
): Promise<Supervised> {
  const options = { bundleDir, dir: join(dir, 'worker'), port, vars, env: baseEnvironment() };
  return supervise({
    name: 'worker',
    dir,
    launch: () => startWorker({ ...options, logFile: join(dir, 'worker.log') }),
    answers: () => workerAnswers(`http://127.0.0.1:${port}`),
  });
}

export function consumer({ dir, port }: Place, name: string, settings: Record<string, string>) {
  const url = `http://127.0.0.1:${port}/healthz`;
  return supervise({
    name,
    dir,
    launch: () =>
      startChild({
        command: process.execPath,
        args: ['consumer/main.ts'],
        cwd: ROOT,
        env: { ...baseEnvironment(), ...settings, CONSUMER_PORT: String(port) },
        logFile: join(dir, `${name}.log`),
      }),
    answers: async () => {
      const response = await fetch(url, { signal: AbortSignal.timeout(2_000) });
      await response.body?.cancel();
      if (!response.ok) throw new Error(`the consumer answers ${response.status}`);
    },
  });
}
