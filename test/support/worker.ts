import { existsSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { inject } from 'vitest';
import type { Child } from '../../local/child.ts';
import { freePort } from '../../local/ports.ts';
import { waitFor } from '../../local/wait.ts';
import { bundleWorker, startWorker as startWorkerd, workerAnswers } from '../../local/worker/worker.ts';
import { undoAfterwards } from './clean-up.ts';
import { baseEnvironment } from './environment.ts';
import { testDir } from './shared.ts';

/** The app, token and admin token of every Worker under test. */
export const APP = 'demo';
export const TOKEN = 'local-token';
export const ADMIN_TOKEN = 'local-admin';

const START_TIMEOUT_MS = 30_000;

export type TestWorkerOptions = {
  topicPrefix: string;
  /** `host:port`; one where nothing listens is fine when the Worker need not publish. */
  brokers: string;
  /** Holds the outboxes; give the dir of an earlier one to start on its data. A new one when absent. */
  dir?: string;
  port?: number;
  /** Where `tick` has its cron run; without one it has no clock. */
  clockPort?: number;
  /** More settings, or others. */
  env?: Record<string, string>;
};

/** A Worker of a test's own, in workerd, on one port for as long as the test lasts. */
export type TestWorker = {
  url: string;
  /** Where webhooks are posted to, token included. */
  webhookUrl: string;
  port: number;
  dir: string;
  logFile: string;
  pid(): number;
  /** `kill -9`. */
  kill(): Promise<void>;
  stop(): Promise<void>;
  /** Starts it again on the same port and data, once it has ended. */
  start(): Promise<void>;
  /** `kill -9`, and start again. */
  restart(): Promise<void>;
};

/** Starts the real Worker in workerd and waits until it serves; gone after the test. */
export async function startWorker(options: TestWorkerOptions): Promise<TestWorker> {
  const { topicPrefix, brokers, clockPort, env = {} } = options;
  const { port = await freePort(), dir = await testDir('worker') } = options;
  const url = `http://127.0.0.1:${port}`;
  const logFile = join(dir, 'log');
  const bundleDir = await sharedBundle();
  const vars = {
    KAFKA_BROKERS: brokers,
    TOPIC_PREFIX: topicPrefix,
    WEBHOOK_TOKENS: JSON.stringify({ [APP]: [TOKEN] }),
    ADMIN_TOKEN,
    ...env,
  };
  let child: Child;
  const start = async () => {
    child = await startWorkerd({ bundleDir, dir, port, clockPort, vars, env: baseEnvironment(), logFile });
    await whileRunning(child, logFile, () => workerAnswers(url));
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
  const stop = async () => void (await child.stop());
  const webhookUrl = `${url}/webhooks/${APP}/${TOKEN}`;
  return { url, webhookUrl, port, dir, logFile, pid: () => child.pid, kill, stop, start, restart };
}

/** Waits for a program to be up; its log is the fault when it ends instead. */
export async function whileRunning(
  child: Child,
  logFile: string,
  check: () => Promise<unknown>,
): Promise<void> {
  const ended = new AbortController();
  child.ended.then(async (ending) => {
    const log = await readFile(logFile, 'utf8').catch(() => '');
    ended.abort(new Error(`it ended (${JSON.stringify(ending)}) before it was up:\n${log.slice(-4000)}`));
  });
  await waitFor(check, { timeoutMs: START_TIMEOUT_MS, signal: ended.signal });
}

let bundle: Promise<string> | undefined;

/** The Worker's bundle, built by the first test of the run that needs it. */
function sharedBundle(): Promise<string> {
  bundle ??= buildOnce(join(inject('shared').tempDir, 'bundle'));
  return bundle;
}

/** Test files run in several processes: the one that makes the folder builds, the others wait for its word. */
async function buildOnce(dir: string): Promise<string> {
  const [done, failed] = [join(dir, 'done'), join(dir, 'failed')];
  try {
    await mkdir(dir);
  } catch (fault) {
    if ((fault as NodeJS.ErrnoException).code !== 'EEXIST') throw fault;
    await waitFor(() => existsSync(done) || existsSync(failed), { timeoutMs: 120_000 });
    if (existsSync(failed)) throw new Error(await readFile(failed, 'utf8'));
    return dir;
  }
  try {
    const logFile = join(dir, 'log');
    await bundleWorker({
      bundleDir: dir,
      env: baseEnvironment(),
      logFile,
      signal: new AbortController().signal,
    });
    await writeFile(done, '');
  } catch (fault) {
    await writeFile(failed, fault instanceof Error ? fault.message : String(fault));
    throw fault;
  }
  return dir;
}
