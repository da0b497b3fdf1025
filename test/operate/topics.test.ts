import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { describe, expect, test } from 'vitest';
import { freePort } from '../../local/ports.ts';
import { type Difference, differencesOf } from '../../operate/topics/compare.ts';
import type { Standing } from '../../operate/topics/standing.ts';
import { undoAfterwards } from '../support/clean-up.ts';
import { eventually } from '../support/eventually.ts';
import {
  alterTopics,
  createTopics,
  deleteTopicsAfterwards,
  quietKafka,
  uniquePrefix,
} from '../support/kafka.ts';
import { runScript } from '../support/programs.ts';
import { sharedBrokers } from '../support/shared.ts';

describe('npm run topics says in one line what is wrong with Kafka and what to do, and ends with 1', () => {
  const told = async (settings: Record<string, string>) => {
    const failed = await runScript('operate/topics/main.ts', settings).catch((error) => error);
    expect(failed.code).toBe(1);
    expect(failed.stderr.trim().split('\n')).toHaveLength(1);
    return failed.stderr;
  };

  test('where nothing listens', async () => {
    const brokers = `127.0.0.1:${await freePort()}`;
    const line = await told({ KAFKA_BROKERS: brokers });
    expect(line).toContain(`No Kafka answers at ${brokers} (ECONNREFUSED)`);
    expect(line).toContain('set KAFKA_BROKERS');
  });

  test('where something listens that is no Kafka, and hangs up', async () => {
    const port = await freePort();
    const server = createServer((socket) => socket.end('no\r\n')).listen(port, '127.0.0.1');
    undoAfterwards(() => void server.close());
    expect(await told({ KAFKA_BROKERS: `127.0.0.1:${port}` })).toContain('No Kafka answers at');
  });

  test('where something takes the connection and says nothing, within half a minute', {
    timeout: 30_000,
  }, async () => {
    const server = createServer(() => undefined);
    await once(server.listen(0, '127.0.0.1'), 'listening');
    undoAfterwards(() => void server.close());
    const { port } = server.address() as AddressInfo;
    expect(await told({ KAFKA_BROKERS: `127.0.0.1:${port}` })).toContain('not within 15 s');
  });

  test('where the cluster cannot keep as many copies', async () => {
    const settings = { KAFKA_BROKERS: await sharedBrokers(), TOPIC_PREFIX: 'none.' };
    const line = await told({ ...settings, TOPIC_REPLICATION_FACTOR: '3' });
    expect(line).toContain('INVALID_REPLICATION_FACTOR. Set TOPIC_REPLICATION_FACTOR');
  });
});

/** What the command says of topics under a prefix. */
async function topics(prefix: string, args: string[] = [], more: Record<string, string> = {}) {
  const settings = { KAFKA_BROKERS: await sharedBrokers(), TOPIC_PREFIX: prefix, ...more };
  const ended = await runScript('operate/topics/main.ts', settings, [...args, '--json']).then(
    (output) => ({ code: 0, ...output }),
    (fault: { code: number; stdout: string }) => fault,
  );
  const { topics: all, ...outcome } = JSON.parse(ended.stdout) as {
    topics: { topic: string; state: string }[];
    changed: Difference[];
    differences: Difference[];
  };
  return { code: ended.code, states: new Set(all.map(({ state }) => state)), ...outcome };
}

/** What Kafka has of a topic's settings and partitions. */
async function inKafka(topic: string, names: string[]) {
  const admin = quietKafka(await sharedBrokers()).admin();
  await admin.connect();
  const TOPIC = 2;
  try {
    const { resources } = await admin.describeConfigs({
      includeSynonyms: false,
      resources: [{ type: TOPIC, name: topic, configNames: names }],
    });
    const entries = resources[0]?.configEntries.map(({ configName, configValue }) => [
      configName,
      configValue,
    ]);
    const metadata = await admin.fetchTopicMetadata({ topics: [topic] });
    return { ...Object.fromEntries(entries ?? []), partitions: metadata.topics[0]?.partitions.length };
  } finally {
    await admin.disconnect();
  }
}

describe('npm run topics', () => {
  test('creates what is missing unless it only checks, and finds nothing to say of what it made', async () => {
    const prefix = uniquePrefix();
    deleteTopicsAfterwards(prefix);
    expect(await topics(prefix, ['--check'])).toMatchObject({ code: 1, states: new Set(['missing']) });
    const made = { states: new Set(['created']), changed: [], differences: [] };
    expect(await topics(prefix)).toMatchObject({ code: 0, ...made });
    const again = { states: new Set(['exists']), changed: [], differences: [] };
    expect(await topics(prefix)).toMatchObject({ code: 0, ...again });
    expect(await topics(prefix, ['--check'])).toMatchObject({ code: 0, ...again });
  });

  test('says what differs, changes it only with --apply, and leaves what else was set as it is', async () => {
    const prefix = uniquePrefix();
    const brokers = await sharedBrokers();
    await createTopics(prefix);
    const session = `${prefix}session`;
    const broken = {
      'retention.ms': '3600000',
      'max.message.bytes': '100000',
      'cleanup.policy': 'compact',
      'compression.type': 'zstd',
      'segment.ms': '123456789',
    };
    await alterTopics(brokers, [session], broken);
    const names = Object.keys(broken);
    const told = await topics(prefix);
    expect(told).toMatchObject({ code: 0, changed: [] });
    const differing = ['cleanup.policy', 'compression.type', 'max.message.bytes', 'retention.ms'];
    expect(told.differences.map(({ topic }) => topic)).toEqual(differing.map(() => session));
    expect(told.differences.map(({ setting }) => setting).sort()).toEqual(differing);
    expect(await inKafka(session, names)).toMatchObject(broken);
    expect((await topics(prefix, ['--check'])).code).toBe(1);

    const applied = await topics(prefix, ['--apply']);
    expect(applied.changed.map(({ setting }) => setting).sort()).toEqual(differing);
    // What the controller has taken, the broker goes by a moment later.
    await eventually(async () =>
      expect(await inKafka(session, names)).toMatchObject({
        'retention.ms': '259200000',
        'max.message.bytes': '948000',
        'cleanup.policy': 'delete',
        'compression.type': 'producer',
        'segment.ms': '123456789',
      }),
    );
    expect(await topics(prefix, ['--check'])).toMatchObject({ code: 0, differences: [] });
  });

  test('holds topics against the settings that are set, and adds partitions only when told twice', async () => {
    const prefix = uniquePrefix();
    await createTopics(prefix);
    const session = `${prefix}session`;
    const more = { TOPIC_PARTITIONS: '5', TOPIC_RETENTION_DAYS: '30' };
    const told = await topics(prefix, ['--apply'], more);
    expect(new Set(told.changed.map(({ setting }) => setting))).toEqual(new Set(['retention.ms']));
    expect(new Set(told.differences.map(({ setting }) => setting))).toEqual(new Set(['partitions']));
    await eventually(async () =>
      expect(await inKafka(session, ['retention.ms'])).toEqual({
        'retention.ms': '2592000000',
        partitions: 3,
      }),
    );
    await topics(prefix, ['--apply', '--repartition'], more);
    await eventually(async () =>
      expect(await inKafka(session, ['retention.ms'])).toMatchObject({ partitions: 5 }),
    );
    const fewer = await topics(prefix, ['--apply', '--repartition'], { TOPIC_PARTITIONS: '4' });
    expect(fewer.differences[0]?.mend).toContain('Kafka takes none away');
  });
});

describe('of a cluster, a topic differs', () => {
  const standing = (copies: number, config: Record<string, string> = {}): Standing => ({
    topic: 't',
    partitions: [
      {
        partitionErrorCode: 0,
        partitionId: 0,
        leader: 0,
        replicas: Array.from({ length: copies }, (_, at) => at),
        isr: [0],
      },
    ],
    config: { 'min.insync.replicas': '2', ...config },
    own: {},
  });
  const settingsOf = (topic: Standing, replicas?: number) =>
    differencesOf(topic, { messageBytes: 0, replicas }, 3).map(
      ({ setting, wanted, state }) => `${setting} ${wanted} ${state}`,
    );

  test.each([
    ['with one copy', standing(1), ['replicas 3 failure']],
    [
      'with an acknowledgement of one broker',
      standing(3, { 'min.insync.replicas': '1' }),
      ['min.insync.replicas 2 failure'],
    ],
    ['that nobody can write to while a broker is away', standing(2), ['replicas 3 warning']],
  ])('%s', (_, topic, differences) => {
    expect(settingsOf(topic)).toEqual(differences);
  });

  test('not when it has three copies and two must be in sync, unless more are asked for', () => {
    expect(settingsOf(standing(3))).toEqual([]);
    expect(settingsOf(standing(3), 5)).toEqual(['replicas 5 warning']);
  });
});
