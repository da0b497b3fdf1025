import { once } from 'node:events';
import { cp, readdir, readFile, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { Kafka, type KafkaMessage } from 'cloudevents';
import { beforeAll, describe, expect, test } from 'vitest';
import { startChild } from '../../local/child.ts';
import { groupProgress, publisher } from '../consumer/events.ts';
import { undoAfterwards } from '../support/clean-up.ts';
import { baseEnvironment, ROOT } from '../support/environment.ts';
import { eventually } from '../support/eventually.ts';
import { createTopics, quietKafka, startOwnKafka, uniquePrefix } from '../support/kafka.ts';
import { installOffline, packInto } from '../support/offline-install.ts';
import { runProgram } from '../support/programs.ts';
import { sharedBrokers, testDir } from '../support/shared.ts';
import { ADMIN_TOKEN, startWorker } from '../support/worker.ts';
import { arrived, post, readTopics, SAMPLES, sample } from '../worker/edge-helpers.ts';

const BIN = join(ROOT, 'node_modules', '.bin');
const TYPE_ROOTS = join(ROOT, 'node_modules', '@types');

/** An event as the team's program keeps it. */
interface Kept {
  readonly id: string;
  readonly kind: string;
  readonly payload: unknown;
  readonly summary: string;
}

/** The TypeScript of a page, block by block. */
function codeOf(page: string): string[] {
  return [...page.matchAll(/^```ts\n(.*?)^```/gms)].map(([, code = '']) => code);
}

/** @throws until somebody is in the group, and it is settled who reads what */
async function inGroup(brokers: string, group: string): Promise<void> {
  const admin = quietKafka(brokers).admin();
  await admin.connect();
  try {
    const { groups } = await admin.describeGroups([group]);
    expect(groups[0]).toMatchObject({ state: 'Stable', members: [{}] });
  } finally {
    await admin.disconnect();
  }
}

/** @throws until the group is done with all that a topic has, which is something */
async function isSettled(brokers: string, group: string, topic: string): Promise<void> {
  const { committed, behind } = await groupProgress(brokers, group, [topic]);
  expect({ isSome: committed > 0, behind }).toEqual({ isSome: true, behind: 0 });
}

describe('the package', () => {
  let tarball: string;
  /** Those of arktype, and of what it needs itself. */
  let needed: string[];
  /** An empty folder of another team, with the package installed. */
  let team: string;

  beforeAll(async () => {
    const dir = await testDir('package');
    await runProgram('npm', ['pack', '-w', 'schemas', '--pack-destination', dir], ROOT);
    tarball = join(dir, (await readdir(dir)).find((name) => name.endsWith('.tgz')) ?? '');
    team = await testDir('team');
    await writeFile(join(team, 'package.json'), '{ "name": "crm", "private": true, "type": "module" }\n');
    needed = await packInto(
      await testDir('needed'),
      ['arktype', 'arkregex', '@ark/schema', '@ark/util'].map((name) => `node_modules/${name}`),
    );
    const kafkajs = await packInto(await testDir('kafkajs'), ['node_modules/kafkajs']);
    await installOffline([tarball, ...needed, ...kafkajs], team);
    await cp(join(import.meta.dirname, 'team'), team, { recursive: true });
  });

  test('is one to publint and to arethetypeswrong', async () => {
    await runProgram(join(BIN, 'publint'), ['--strict', tarball], ROOT);
    await runProgram(join(BIN, 'attw'), ['--profile', 'esm-only', tarball], ROOT);
  });

  test('needs arktype and nothing else, its main entry no kafkajs either', async () => {
    const alone = await testDir('alone');
    await writeFile(join(alone, 'package.json'), '{ "name": "alone", "private": true, "type": "module" }\n');
    await installOffline([tarball, ...needed], alone);
    const installed = (await readdir(join(alone, 'node_modules'))).filter((name) => !name.startsWith('.'));
    expect(installed.sort()).toEqual(['@ark', 'arkregex', 'arktype', 'qiscus-stream-events']);
    const own = await readFile(join(alone, 'node_modules', 'qiscus-stream-events', 'package.json'), 'utf8');
    expect(Object.keys(JSON.parse(own).dependencies)).toEqual(['arktype']);
    const script = [
      "import { decode } from 'qiscus-stream-events';",
      "import { FIXTURE_NAMES, fixture } from 'qiscus-stream-events/fixtures';",
      'console.log(FIXTURE_NAMES.map((name) => decode(fixture(name)).kind).join());',
    ].join('\n');
    expect((await runProgram(process.execPath, ['--input-type=module', '-e', script], alone)).trim()).toBe(
      'agent-logout,agent-logout,agent-logout,session,resolution,message,allocation,custom-button,unrecognized',
    );
  });

  test('is shown on the pages in code that compiles', async () => {
    const texts = ['docs/streaming.md', 'schemas/README.md'].map((page) =>
      readFile(join(ROOT, page), 'utf8'),
    );
    const blocks = (await Promise.all(texts)).flatMap(codeOf);
    expect(blocks).toHaveLength(4);
    const names = await Promise.all(
      blocks.map(async (code, at) => {
        // Each a module of its own, whose names are nobody else's.
        await writeFile(join(team, `page-${at}.ts`), code);
        return `page-${at}.ts`;
      }),
    );
    const config = { extends: './tsconfig.json', files: names };
    await writeFile(join(team, 'tsconfig.pages.json'), JSON.stringify(config));
    await runProgram(join(BIN, 'tsc'), ['-p', 'tsconfig.pages.json', '--typeRoots', TYPE_ROOTS], team);
  });

  test('lets the subscriber on the page tell a chat who waits for too long, and try again when the chat is away', {
    tags: 'long',
  }, async () => {
    const kafka = await startOwnKafka();
    await createTopics('qiscus.', kafka.brokers);
    const worker = await startWorker({ topicPrefix: 'qiscus.', brokers: kafka.brokers });
    const posts: unknown[] = [];
    const chat = createServer(async (request, response) => {
      const body: Buffer[] = await request.toArray();
      posts.push(JSON.parse(String(Buffer.concat(body))));
      response.writeHead(posts.length === 1 ? 503 : 200).end();
    });
    await once(chat.listen(0, '127.0.0.1'), 'listening');
    undoAfterwards(() => void chat.close());
    const [, code = ''] = codeOf(await readFile(join(ROOT, 'docs/streaming.md'), 'utf8'));
    await writeFile(join(team, 'waiting.ts'), code);
    const child = await startChild({
      command: process.execPath,
      args: ['waiting.ts'],
      cwd: team,
      logFile: join(team, 'waiting.log'),
      env: {
        ...baseEnvironment(),
        KAFKA_BROKERS: kafka.brokers,
        CHAT_WEBHOOK: `http://127.0.0.1:${(chat.address() as AddressInfo).port}/`,
      },
    });
    undoAfterwards(async () => {
      child.signal('SIGKILL');
      await child.ended;
    });
    // It begins with what comes from now on: once its group is there, that is settled.
    await eventually(() => inGroup(kafka.brokers, 'waiting'), { timeoutMs: 30_000 });
    const began = new Date(Date.now() - 10 * 60_000).toISOString();
    const earlier = { authorization: `Bearer ${ADMIN_TOKEN}`, 'x-received-at': began };
    const ofRoom = (name: string) => sample(name).replaceAll('17xxxxxx"', '1905692"');
    expect((await post(worker.webhookUrl, ofRoom('session'), earlier)).status).toBe(202);
    // The two stand on topics that are read beside each other: the session is to be read first.
    await eventually(() => isSettled(kafka.brokers, 'waiting', 'qiscus.session'), { timeoutMs: 30_000 });
    await post(worker.webhookUrl, sample('allocation'));
    const told = { text: 'sudah has been waiting for 10 minutes' };
    await eventually(() => expect(posts).toEqual([told, told]), { timeoutMs: 30_000 });
    await post(worker.webhookUrl, sample('allocation').replace('"sudah"', '"sudah "'));
    await eventually(() => isSettled(kafka.brokers, 'waiting', 'qiscus.allocation'), { timeoutMs: 30_000 });
    expect(posts).toHaveLength(2);
  });

  test("compiles another team's program under strict, and refuses what no kind has", async () => {
    await runProgram(join(BIN, 'tsc'), ['-p', 'tsconfig.json', '--typeRoots', TYPE_ROOTS], team);
  });

  test('lets another team receive each event of the running pipeline once, through redeliveries, a restart and a kill', {
    tags: 'long',
  }, async () => {
    const brokers = await sharedBrokers();
    const topicPrefix = uniquePrefix();
    await createTopics(topicPrefix);
    const worker = await startWorker({ topicPrefix, brokers });
    const publish = await publisher(brokers, topicPrefix);
    const eventsFile = join(team, 'events');
    const kept = async (): Promise<Kept[]> =>
      (await readFile(eventsFile, 'utf8').catch(() => ''))
        .split('\n')
        .filter((line) => line !== '')
        .map((line) => JSON.parse(line));
    const haveKept = (count: number) =>
      eventually(async () => expect(await kept()).toHaveLength(count), { timeoutMs: 30_000 });
    const start = async () => {
      const child = await startChild({
        command: process.execPath,
        args: ['subscriber.ts'],
        cwd: team,
        logFile: join(team, 'log'),
        env: { ...baseEnvironment(), BROKERS: brokers, TOPIC_PREFIX: topicPrefix, EVENTS: eventsFile },
      });
      undoAfterwards(async () => {
        child.signal('SIGKILL');
        await child.ended;
      });
      return child;
    };

    const first = await start();
    const ids: string[] = [];
    for (const name of SAMPLES) ids.push((await post(worker.webhookUrl, sample(name))).json.id);
    ids.push((await post(worker.webhookUrl, '{"something":"new"}')).json.id);
    await haveKept(9);
    // A copy: the reader goes on, and what is sent again comes in as well.
    const messages = [...(await arrived(await readTopics(brokers, topicPrefix), 9))];
    /** As a Worker does that was killed before it heard Kafka's answer. */
    const redeliver = async () => {
      for (const { topic, key, value, headers } of messages) {
        const bare = topic.slice(topicPrefix.length);
        await publish.raw({ topic: bare, key: Buffer.from(key), value: Buffer.from(value), headers });
      }
    };
    await redeliver();
    expect((await first.stop()).code).toBe(0);
    await redeliver();
    const second = await start();
    ids.push((await post(worker.webhookUrl, sample('session').replace('Halo', 'Once more'))).json.id);
    ids.push((await post(worker.webhookUrl, '{"something":"newer"}')).json.id);
    await haveKept(10);
    second.signal('SIGKILL');
    await second.ended;
    await redeliver();
    await start();
    ids.push((await post(worker.webhookUrl, '{"something":"newest"}')).json.id);
    await haveKept(11);
    await first.ended;

    const events = await kept();
    expect(events.map(({ id }) => id).toSorted()).toEqual([...new Set(ids)].toSorted());
    expect(events.map(({ summary }) => summary)).toContain('session Halo');
    const ajv = new Ajv2020({ allowUnionTypes: true });
    for (const { kind, payload } of events) {
      const schema = join(team, 'node_modules/qiscus-stream-events/generated/json-schema', `${kind}.json`);
      const { $id, ...rest } = JSON.parse(await readFile(schema, 'utf8'));
      expect(ajv.validate(rest, payload), `${$id}: ${ajv.errorsText()}`).toBe(true);
    }
    for (const message of messages) {
      const received: KafkaMessage = { ...message, body: message.value };
      expect(Kafka.toEvent(received)).toMatchObject({ id: message.headers.ce_id, source: '/qiscus/demo' });
    }
  });
});
