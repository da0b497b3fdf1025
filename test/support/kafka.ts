import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import type { Admin } from 'kafkajs';
import type { Child } from '../../local/child.ts';
import { installKafka } from '../../local/kafka/install.ts';
import { findJava } from '../../local/kafka/java.ts';
import { type KafkaOptions, listTopics, startKafka } from '../../local/kafka/kafka.ts';
import { freePort } from '../../local/ports.ts';
import { waitFor } from '../../local/wait.ts';
import { readTopicLayout } from '../../operate/topics/layout.ts';
import { topicsTask } from '../../operate/topics/task.ts';
import { undoAfterwards } from './clean-up.ts';
import { baseEnvironment, KAFKA_LIBS } from './environment.ts';
import { quietKafka } from './kafka-client.ts';
import { sharedBrokers, testDir } from './shared.ts';

export { quietKafka } from './kafka-client.ts';

/** A topic prefix of a test's own, such as `t3f9a….`: with it, every test has its own topics and groups. */
export function uniquePrefix(): string {
  return `t${randomBytes(6).toString('hex')}.`;
}

/**
 * Creates the project's topics under a prefix, as `npm run topics` does, less the start of a process. On the shared
 * Kafka they are deleted after the test.
 * @param brokers another Kafka than the shared one
 */
export async function createTopics(prefix: string, brokers?: string): Promise<void> {
  const task = { layout: readTopicLayout({}), prefix, apply: false, repartition: false, check: false };
  await withAdmin(brokers ?? (await sharedBrokers()), (admin) => topicsTask(admin, task));
  if (brokers === undefined) deleteTopicsAfterwards(prefix);
}

/** Has all topics under a prefix deleted from the shared Kafka after the test. */
export function deleteTopicsAfterwards(prefix: string): void {
  undoAfterwards(async () =>
    withAdmin(await sharedBrokers(), async (admin) => {
      const topics = (await admin.listTopics()).filter((topic) => topic.startsWith(prefix));
      if (topics.length > 0) await admin.deleteTopics({ topics });
    }),
  );
}

async function withAdmin<Result>(brokers: string, task: (admin: Admin) => Promise<Result>): Promise<Result> {
  const admin = quietKafka(brokers).admin();
  await admin.connect();
  try {
    return await task(admin);
  } finally {
    await admin.disconnect();
  }
}

/** A Kafka of a test's own, on one port for as long as the test lasts. */
export type OwnKafka = {
  /** What clients are given: the proxy's address when `advertisedPort` was given. */
  brokers: string;
  port: number;
  /** The folder with its partitions. */
  dataDir: string;
  pid(): number;
  /** `kill -9`. */
  kill(): Promise<void>;
  stop(): Promise<void>;
  /** Starts it again on the same port and data, and waits until it answers. */
  start(): Promise<void>;
};

/** Changes settings of topics, as an operator would, and waits until the broker goes by them. */
export async function alterTopics(
  brokers: string,
  topics: readonly string[],
  settings: Readonly<Record<string, string>>,
): Promise<void> {
  const configEntries = Object.entries(settings).map(([name, value]) => ({ name, value }));
  const TOPIC = 2;
  await withAdmin(brokers, async (admin) => {
    await admin.alterConfigs({
      validateOnly: false,
      resources: topics.map((name) => ({ type: TOPIC, name, configEntries })),
    });
    await waitFor(
      async () => {
        const resources = topics.map((name) => ({ type: TOPIC, name }));
        const described = await admin.describeConfigs({ resources, includeSynonyms: false });
        for (const { resourceName, configEntries: found } of described.resources) {
          const values = new Map(found.map(({ configName, configValue }) => [configName, configValue]));
          const late = Object.keys(settings).filter((name) => values.get(name) !== settings[name]);
          if (late.length > 0) throw new Error(`${resourceName} has not got ${late.join(', ')} yet`);
        }
      },
      { timeoutMs: 20_000 },
    );
  });
}

/**
 * Starts a Kafka for one test, to be killed and stopped at will; gone after the test.
 * @param advertisedPort the port that clients are sent to: that of a proxy (see proxy.ts) before this broker
 */
export async function startOwnKafka(
  options: { port?: number; advertisedPort?: number } & Pick<KafkaOptions, 'properties' | 'scramUsers'> = {},
): Promise<OwnKafka> {
  const port = options.port ?? (await freePort());
  const advertisedPort = options.advertisedPort ?? port;
  const env = baseEnvironment();
  const dir = await testDir('kafka');
  const launch = {
    dir,
    port,
    advertisedPort,
    env,
    java: await findJava(env),
    libs: await installKafka(KAFKA_LIBS, env, () => {}),
    logFile: join(dir, 'kafka.log'),
    properties: options.properties ?? {},
    scramUsers: options.scramUsers ?? [],
  };
  let child: Child;
  const start = async () => {
    child = await startKafka(launch);
    await waitFor(() => listTopics([`127.0.0.1:${port}`]), { timeoutMs: 60_000 });
  };
  const kill = async () => {
    child.signal('SIGKILL');
    await child.ended;
  };
  undoAfterwards(kill);
  await start();
  const stop = async () => void (await child.stop());
  const dataDir = join(dir, 'data');
  return { brokers: `127.0.0.1:${advertisedPort}`, port, dataDir, pid: () => child.pid, kill, stop, start };
}
