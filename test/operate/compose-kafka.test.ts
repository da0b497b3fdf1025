import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { Child } from '../../local/child.ts';
import { installKafka } from '../../local/kafka/install.ts';
import { findJava } from '../../local/kafka/java.ts';
import { dataDirOf, listTopics, startNode } from '../../local/kafka/kafka.ts';
import { freePort } from '../../local/ports.ts';
import { waitFor } from '../../local/wait.ts';
import { undoAfterwards } from '../support/clean-up.ts';
import { environmentOf, readCompose } from '../support/compose.ts';
import { baseEnvironment, KAFKA_LIBS } from '../support/environment.ts';
import { quietKafka } from '../support/kafka.ts';
import { runScript } from '../support/programs.ts';
import { testDir } from '../support/shared.ts';

const { services } = readCompose('operate/container/compose.yaml');
const NAMES = ['kafka-1', 'kafka-2', 'kafka-3'];

interface Ports {
  readonly inside: number;
  readonly controller: number;
  readonly host: number;
}

/** As the image makes server.properties of its environment, with the addresses of this machine. */
function propertiesOf(name: string, ports: ReadonlyMap<string, Ports>, dataDir: string): string {
  const { CLUSTER_ID: _, ...variables } = environmentOf(services[name] ?? { image: '' });
  const lines = Object.entries({ ...variables, KAFKA_LOG_DIRS: dataDir }).map(([variable, value]) => {
    const property = variable
      .replace(/^KAFKA_/, '')
      .toLowerCase()
      .replaceAll('_', '.');
    return `${property}=${placed(value, name, ports)}`;
  });
  // Each costs files and start-up time, and says nothing here.
  return [...lines, 'offsets.topic.num.partitions=1', 'log.cleaner.dedupe.buffer.size=2097152'].join('\n');
}

function placed(value: string, name: string, ports: ReadonlyMap<string, Ports>): string {
  let text = value;
  for (const [each, { inside, controller }] of ports) {
    text = text.replaceAll(`${each}:9092`, `127.0.0.1:${inside}`);
    text = text.replaceAll(`${each}:9093`, `127.0.0.1:${controller}`);
  }
  const own = ports.get(name);
  return text
    .replace('INSIDE://:9092', `INSIDE://127.0.0.1:${own?.inside}`)
    .replace('CONTROLLER://:9093', `CONTROLLER://127.0.0.1:${own?.controller}`)
    .replace(/HOST:\/\/(127\.0\.0\.1)?:\d+/, `HOST://127.0.0.1:${own?.host}`);
}

async function startAll(ports: ReadonlyMap<string, Ports>): Promise<Child[]> {
  const env = baseEnvironment();
  const parts = {
    env,
    java: await findJava(env),
    libs: await installKafka(KAFKA_LIBS, env, () => {}),
  };
  return Promise.all(
    NAMES.map(async (name) => {
      const folder = await testDir(name);
      const options = { ...parts, dir: join(folder, 'node'), logFile: join(folder, 'log') };
      const clusterId = environmentOf(services[name] ?? { image: '' }).CLUSTER_ID ?? '';
      const child = await startNode(options, propertiesOf(name, ports, dataDirOf(options)), clusterId);
      undoAfterwards(async () => {
        child.signal('SIGKILL');
        await child.ended;
      });
      return child;
    }),
  );
}

test('the brokers of the compose file are one cluster, in which each event is on three and one of them may go', {
  tags: 'long',
}, async () => {
  const ports = new Map<string, Ports>();
  for (const name of NAMES)
    ports.set(name, { inside: await freePort(), controller: await freePort(), host: await freePort() });
  const children = await startAll(ports);
  const brokers = [...ports.values()].map(({ host }) => `127.0.0.1:${host}`);
  for (const broker of brokers) await waitFor(() => listTopics([broker]), { timeoutMs: 90_000 });

  const layout = environmentOf(services.topics ?? { image: '' });
  await runScript('operate/topics/main.ts', { ...layout, KAFKA_BROKERS: brokers.join() });
  const kafka = quietKafka(brokers.join());
  const admin = kafka.admin();
  await admin.connect();
  undoAfterwards(() => admin.disconnect());
  const { topics } = await admin.fetchTopicMetadata({ topics: ['qiscus.session'] });
  const partitions = topics.flatMap((topic) => topic.partitions);
  expect(partitions.map(({ isr }) => isr.length)).toEqual([3, 3, 3, 3, 3, 3]);

  children[2]?.signal('SIGKILL');
  await children[2]?.ended;
  const producer = kafka.producer({ allowAutoTopicCreation: false });
  await producer.connect();
  undoAfterwards(() => producer.disconnect());
  const messages = Array.from({ length: 12 }, (_, at) => ({ key: `room-${at}`, value: '{}' }));
  await waitFor(() => producer.send({ topic: 'qiscus.session', acks: -1, messages }), {
    timeoutMs: 60_000,
  });
});
