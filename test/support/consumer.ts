import { join } from 'node:path';
import { type Child, startChild } from '../../local/child.ts';
import { freePort } from '../../local/ports.ts';
import { undoAfterwards } from './clean-up.ts';
import { baseEnvironment, ROOT } from './environment.ts';
import { testDir } from './shared.ts';
import { whileRunning } from './worker.ts';

export type TestConsumerOptions = {
  topicPrefix: string;
  brokers: string;
  /** With the database in its path. */
  clickHouseUrl: string;
  /** One of the test's own when absent. */
  group?: string;
  port?: number;
  /** More settings, or others. */
  env?: Record<string, string>;
  /** What to wait for: that it takes messages (the default), that it serves, or nothing. */
  until?: 'ready' | 'serving' | 'started';
};

/** A consumer of a test's own, a process on one port for as long as the test lasts. */
export type TestConsumer = {
  url: string;
  port: number;
  group: string;
  logFile: string;
  pid(): number;
  /** Resolves with its exit code, or undefined after a signal, once it has ended. */
  ended(): Promise<number | undefined>;
  /** `kill -9`. */
  kill(): Promise<void>;
  /** SIGTERM, and waits for its end. */
  stop(): Promise<void>;
  /** Starts it again, once it has ended. */
  start(): Promise<void>;
  /** `kill -9`, and start again. */
  restart(): Promise<void>;
};

/** Starts the real consumer and waits until it is ready; gone after the test. */
export async function startConsumer(options: TestConsumerOptions): Promise<TestConsumer> {
  const { topicPrefix, group = `${topicPrefix}group`, port = await freePort(), until = 'ready' } = options;
  const logFile = join(await testDir('consumer'), 'log');
  const url = `http://127.0.0.1:${port}`;
  const settings = {
    KAFKA_BROKERS: options.brokers,
    TOPIC_PREFIX: topicPrefix,
    CONSUMER_GROUP: group,
    CLICKHOUSE_URL: options.clickHouseUrl,
    CONSUMER_PORT: String(port),
    ...options.env,
  };
  let child: Child;
  const start = async () => {
    child = await startChild({
      command: process.execPath,
      args: ['consumer/main.ts'],
      cwd: ROOT,
      env: { ...baseEnvironment(), ...settings },
      logFile,
    });
    if (until === 'started') return;
    await whileRunning(child, logFile, () => ok(`${url}/${until === 'ready' ? 'readyz' : 'healthz'}`));
  };
  const kill = async () => {
    child.signal('SIGKILL');
    await child.ended;
  };
  const restart = async () => {
    await kill();
    await start();
  };
  undoAfterwards(() => kill());
  await start();
  const stop = async () => void (await child.stop(30_000));
  const ended = async () => (await child.ended).code ?? undefined;
  return { url, port, group, logFile, pid: () => child.pid, ended, kill, stop, start, restart };
}

async function ok(url: string): Promise<void> {
  const response = await fetch(url, { signal: AbortSignal.timeout(2000) });
  const text = await response.text();
  if (!response.ok) throw new Error(`${url} answers ${response.status}: ${text}`);
}
