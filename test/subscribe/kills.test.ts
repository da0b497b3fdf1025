import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { startChild } from '../../local/child.ts';
import { groupProgress, publisher, sessions } from '../consumer/events.ts';
import { undoAfterwards } from '../support/clean-up.ts';
import { baseEnvironment, ROOT } from '../support/environment.ts';
import { eventually } from '../support/eventually.ts';
import { createTopics, startOwnKafka, uniquePrefix } from '../support/kafka.ts';
import { testDir } from '../support/shared.ts';
import { recorder, startStream } from './setup.ts';

const CONCURRENCY = 4;
const range = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, at) => from + at);
const sorted = (numbers: Iterable<number>) => [...numbers].toSorted((a, b) => a - b);

/** Starts a subscriber in a process of its own; gone after the test. */
async function startMember(
  { brokers, topicPrefix, group }: { brokers: string; topicPrefix: string; group: string },
  handleMs: number,
) {
  const dir = await testDir('member');
  const log = join(dir, 'events');
  const child = await startChild({
    command: process.execPath,
    args: ['test/subscribe/member.ts'],
    cwd: ROOT,
    logFile: join(dir, 'log'),
    env: {
      ...baseEnvironment(),
      BROKERS: brokers,
      TOPIC_PREFIX: topicPrefix,
      GROUP: group,
      MEMBER_LOG: log,
      HANDLE_MS: String(handleMs),
    },
  });
  const kill = async () => {
    child.signal('SIGKILL');
    await child.ended;
  };
  undoAfterwards(kill);
  const lines = async () => (await readFile(log, 'utf8').catch(() => '')).split('\n');
  const numbers = async (word: string) =>
    (await lines()).filter((line) => line.startsWith(`${word} `)).map((line) => Number(line.split(' ')[1]));
  const begun = () => numbers('begun');
  const ended = () => numbers('ended');
  const joined = () =>
    eventually(async () => expect(await lines()).toContain('joined'), { timeoutMs: 30_000 });
  return { child, kill, begun, ended, joined };
}

describe('a group of subscribers', () => {
  test('whose member is killed handles every event, and again only what the killed one had in hand', {
    tags: 'long',
  }, async () => {
    const stream = await startStream();
    await stream.publish.events(sessions(1, 150));
    const first = await startMember(stream, 20);
    await eventually(async () => expect((await first.ended()).length).toBeGreaterThan(40), {
      timeoutMs: 30_000,
    });
    await first.kill();
    const second = await startMember(stream, 0);
    const all = async () => [...(await first.ended()), ...(await second.ended())];
    await eventually(async () => expect(sorted(new Set(await all()))).toEqual(range(1, 150)), {
      timeoutMs: 60_000,
    });
    const twice = (await all()).length - 150;
    // What was in hand, and what had ended since the last commit and behind an event that was in hand.
    expect(twice).toBeLessThan(40);
    const { behind } = await groupProgress(stream.brokers, stream.group, [`${stream.topicPrefix}session`]);
    expect(behind).toBe(0);
  });

  test('whose idle member is killed handles nothing twice, not even what comes again', {
    tags: 'long',
  }, async () => {
    const stream = await startStream();
    await stream.publish.events(sessions(1, 20));
    const first = await startMember(stream, 0);
    const topics = [`${stream.topicPrefix}session`];
    const done = () => groupProgress(stream.brokers, stream.group, topics);
    await eventually(async () => expect(await done()).toMatchObject({ committed: 20, behind: 0 }), {
      timeoutMs: 30_000,
    });
    await first.kill();
    await stream.publish.events(sessions(11, 25));
    const second = await startMember(stream, 0);
    await eventually(async () => expect(await done()).toMatchObject({ committed: 35, behind: 0 }), {
      timeoutMs: 60_000,
    });
    expect(sorted(await second.ended())).toEqual(range(21, 25));
  });

  test('that grows and shrinks in good order handles every event once', async () => {
    const stream = await startStream();
    const { events, onEvent } = recorder();
    const first = await stream.join({ onEvent, concurrency: CONCURRENCY });
    let published = 0;
    const more = async (count: number) => {
      await stream.publish.events(sessions(published + 1, published + count));
      published += count;
    };
    await more(50);
    const second = await stream.join({ onEvent, concurrency: CONCURRENCY });
    await more(50);
    await eventually(() => expect(events.length).toBeGreaterThanOrEqual(100), { timeoutMs: 30_000 });
    await more(50);
    await first.stop();
    await more(50);
    await eventually(() => expect(events.length).toBeGreaterThanOrEqual(200), { timeoutMs: 30_000 });
    await second.stop();
    expect(sorted(events.map(({ sequence }) => sequence))).toEqual(range(1, 200));
  });

  test('goes on where it was when Kafka is killed and comes back', { tags: 'long' }, async () => {
    const kafka = await startOwnKafka();
    const topicPrefix = uniquePrefix();
    const group = `${topicPrefix}team`;
    await createTopics(topicPrefix, kafka.brokers);
    const publish = await publisher(kafka.brokers, topicPrefix);
    await publish.events(sessions(1, 20));
    const member = await startMember({ brokers: kafka.brokers, topicPrefix, group }, 0);
    await eventually(async () => expect(await member.ended()).toHaveLength(20), { timeoutMs: 30_000 });
    await kafka.kill();
    await kafka.start();
    const again = await publisher(kafka.brokers, topicPrefix);
    await again.events(sessions(21, 40));
    await eventually(async () => expect(sorted(new Set(await member.ended()))).toEqual(range(1, 40)), {
      timeoutMs: 60_000,
    });
    expect(member.child.running()).toBe(true);
  });
});
