import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { type Child, startChild } from '../local/child.ts';
import { clickHouseAnswers, startClickHouse } from '../local/clickhouse/clickhouse.ts';
import { installKafka } from '../local/kafka/install.ts';
import { findJava } from '../local/kafka/java.ts';
import { listTopics, startKafka } from '../local/kafka/kafka.ts';
import { freePort } from '../local/ports.ts';
import { runTask } from '../local/task.ts';
import { waitFor } from '../local/wait.ts';

const ROOT = join(import.meta.dirname, '..');
const KAFKA_LIBS = resolve(ROOT, '.local', 'kafka-libs');
const UP = { timeoutMs: 60_000 };

/** A Kafka with the topics, a ClickHouse with the tables, and a consumer that is started when it is asked for. */
export interface Parts {
  readonly brokers: string;
  readonly clickHouseUrl: string;
  readonly clickHouse: Child;
  startConsumer(): Promise<Child>;
  /** Ends everything and removes its data. */
  end(): Promise<void>;
}

/** Starts the parts on free ports, with a folder of their own. */
export async function startParts(report: (line: string) => void): Promise<Parts> {
  const { env } = process;
  const dir = await mkdtemp(join(tmpdir(), 'qiscus-stream-bench-'));
  const children: Child[] = [];
  const end = async () => {
    for (const child of children.toReversed()) {
      child.signal('SIGCONT');
      await child.stop();
    }
    await rm(dir, { recursive: true, force: true });
  };
  const started = async (child: Promise<Child>) => {
    children.push(await child);
    return child;
  };
  try {
    const [kafkaPort, clickHousePort, consumerPort] = [await freePort(), await freePort(), await freePort()];
    const [java, libs] = [await findJava(env), await installKafka(KAFKA_LIBS, env, report)];
    const logFile = join(dir, 'log');
    await started(startKafka({ dir: join(dir, 'kafka'), port: kafkaPort, libs, java, env, logFile }));
    const clickHouse = await started(
      startClickHouse({ dir: join(dir, 'clickhouse'), port: clickHousePort, env, logFile }),
    );
    const [brokers, server] = [`127.0.0.1:${kafkaPort}`, `http://127.0.0.1:${clickHousePort}`];
    await waitFor(() => listTopics([brokers]), UP);
    await waitFor(() => clickHouseAnswers(server), UP);
    const settings = { KAFKA_BROKERS: brokers, CLICKHOUSE_URL: `${server}/qiscus` };
    const program = (args: string[], more: Record<string, string> = {}) => ({
      command: process.execPath,
      args,
      cwd: ROOT,
      env: { ...env, ...settings, ...more },
      logFile,
    });
    const signal = new AbortController().signal;
    await runTask('making the topics', program(['schemas/create-topics.ts']), signal);
    await runTask('migrating', program(['consumer/persist/migrate.ts']), signal);
    const consumer = program(['consumer/main.ts'], { CONSUMER_PORT: `${consumerPort}`, LOG_LEVEL: 'error' });
    const startConsumer = () => started(startChild(consumer));
    return { brokers, clickHouseUrl: `${server}/?database=qiscus`, clickHouse, startConsumer, end };
  } catch (error) {
    await end();
    throw error;
  }
}
