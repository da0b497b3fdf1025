import { beforeAll, expect, test } from 'vitest';
import { event, publisher, sample, sessions } from '../consumer/events.ts';
import { serveDashboard } from '../dashboard/serve.ts';
import { undoAfterwards } from '../support/clean-up.ts';
import { type Database, freshDatabase } from '../support/clickhouse.ts';
import { startConsumer } from '../support/consumer.ts';
import { eventually } from '../support/eventually.ts';
import { createTopics, quietKafka, startOwnKafka, uniquePrefix } from '../support/kafka.ts';
import { sharedBrokers } from '../support/shared.ts';
import { standIn } from './stand-in.ts';

const TOKEN = 'a token of twenty-odd letters';

let database: Database;
beforeAll(async () => {
  database = await freshDatabase();
});

/** What a server-sent stream has said so far. */
async function watch(url: string, headers: Record<string, string> = {}) {
  const leaving = new AbortController();
  undoAfterwards(() => leaving.abort());
  const answer = await fetch(url, { headers, signal: leaving.signal });
  const said: string[] = [];
  void answer.body
    ?.pipeThrough(new TextDecoderStream())
    .pipeTo(new WritableStream({ write: (chunk) => void said.push(chunk) }))
    .catch(() => undefined);
  const events = () =>
    said
      .join('')
      .split('\n\n')
      .slice(0, -1)
      .map((block) => ({
        event: /^event: (.*)$/m.exec(block)?.[1] ?? 'message',
        data: /^data: (.*)$/m.exec(block)?.[1],
      }))
      .filter(({ data }) => data !== undefined);
  const messages = () =>
    events().flatMap(({ event, data }) => (event === 'message' ? [JSON.parse(data ?? '')] : []));
  return { answer, events, messages, leave: () => leaving.abort() };
}

test('an event shows at the consumer within a blink of its publication, and as the stored one does', async () => {
  const brokers = await sharedBrokers();
  const prefix = uniquePrefix();
  await createTopics(prefix);
  const consumer = await startConsumer({ topicPrefix: prefix, brokers, clickHouseUrl: database.url });
  const publish = await publisher(brokers, prefix);
  const watching = await watch(`${consumer.url}/api/tail`);
  expect(watching.answer.headers.get('content-type')).toBe('text/event-stream');
  await eventually(() => expect(watching.events()).toContainEqual({ event: 'live', data: 'true' }));
  await publish.raw({ topic: 'session', value: Buffer.from('no event') });
  const kinds = ['session', 'resolution', 'message', 'allocation', 'custom-button', 'agent-logout'] as const;
  const receivedMs = Date.now();
  const events = kinds.map((kind, index) =>
    event(kind, sample(kind === 'agent-logout' ? 'agent-logout.agent' : kind), index + 1, { receivedMs }),
  );
  const startedMs = performance.now();
  await publish.events(events);
  await eventually(() => expect(watching.messages()).toHaveLength(events.length), { intervalMs: 5 });
  expect(performance.now() - startedMs).toBeLessThan(1_000);
  const stored = await eventually(async () => {
    const answer = await fetch(`${consumer.url}/api/queries/latest-events?tz=UTC`);
    const { columns, rows } = (await answer.json()) as { columns: { name: string }[]; rows: unknown[][] };
    expect(rows).toHaveLength(events.length);
    return rows.map((row) => Object.fromEntries(columns.map(({ name }, i) => [name, row[i]])));
  });
  const byId = (rows: { event_id?: string }[]) =>
    rows.toSorted((a, b) => String(a.event_id).localeCompare(String(b.event_id)));
  const inUtc = watching
    .messages()
    .map((row) => ({ ...row, received: row.received.replace('T', ' ').slice(0, -1) }));
  expect(byId(inUtc)).toEqual(byId(stored));
  await consumer.stop();
  const admin = quietKafka(brokers).admin();
  await admin.connect();
  const { groups } = await admin.listGroups();
  await admin.disconnect();
  expect(groups.filter(({ groupId }) => groupId.startsWith(prefix) && groupId.includes('live'))).toEqual([]);
});

test('when Kafka dies, the viewers are told, and see each later event once when it is back', {
  tags: 'long',
}, async () => {
  const kafka = await startOwnKafka();
  const prefix = uniquePrefix();
  await createTopics(prefix, kafka.brokers);
  const consumer = await startConsumer({
    topicPrefix: prefix,
    brokers: kafka.brokers,
    clickHouseUrl: database.url,
  });
  const publish = await publisher(kafka.brokers, prefix);
  const watching = await watch(`${consumer.url}/api/tail`);
  await eventually(() => expect(watching.events()).toContainEqual({ event: 'live', data: 'true' }));
  await publish.events(sessions(1, 2));
  await eventually(() => expect(watching.messages()).toHaveLength(2));
  await kafka.kill();
  await kafka.start();
  const again = await publisher(kafka.brokers, prefix);
  await again.events(sessions(3, 4));
  await eventually(() => expect(watching.messages()).toHaveLength(4), { timeoutMs: 40_000 });
  expect(new Set(watching.messages().map(({ event_id }) => event_id)).size).toBe(4);
});

test('viewers get the kinds and the app that they ask for', async () => {
  const { live, publish } = standIn();
  const url = await serveDashboard(database, { live });
  const all = await watch(`${url}/api/tail`);
  const some = await watch(`${url}/api/tail?kind=session&kind=message&app=shop`);
  publish(
    ...sessions(1, 2),
    ...sessions(3, 3, { app: 'shop' }),
    event('resolution', '{}', 4, { app: 'shop' }),
  );
  await eventually(() => expect(all.messages()).toHaveLength(4));
  expect(some.messages().map(({ event_id }) => event_id)).toEqual(sessions(3, 3).map(({ id }) => id));
});

test('the stream is read once for all viewers, and only while there is one', async () => {
  const { live, follows, stops } = standIn();
  const url = await serveDashboard(database, { live });
  expect(follows()).toBe(0);
  const viewers = await Promise.all([1, 2, 3].map(() => watch(`${url}/api/tail`)));
  await eventually(() => expect(viewers.map(({ events }) => events().length)).toEqual([1, 1, 1]));
  expect(follows()).toBe(1);
  for (const { leave } of viewers) leave();
  await live.stop();
  expect(stops()).toBe(1);
});

test('one who takes nothing costs a bounded buffer, and is told how many were left out; the others see all', async () => {
  const { live, publish } = standIn();
  const slow = live.open({ kinds: undefined, app: undefined });
  const quick = live.open({ kinds: undefined, app: undefined });
  let seen = 0;
  expect(await quick.next(0)).toEqual({ what: 'live', isLive: true });
  for (const each of sessions(1, 150)) {
    publish(each);
    if ((await quick.next(0))?.what === 'event') seen++;
  }
  expect(seen).toBe(150);
  expect(await slow.next(0)).toEqual({ what: 'live', isLive: true });
  expect(await slow.next(0)).toEqual({ what: 'dropped', events: 50 });
  expect(await slow.next(0)).toMatchObject({ what: 'event', event: { event_id: sessions(51, 51)[0]?.id } });
});

test('more than anybody can read in a second is counted, and not worked on', async () => {
  const { live, publish } = standIn();
  const viewer = live.open({ kinds: undefined, app: undefined });
  publish(...sessions(1, 1_000));
  await viewer.next(0);
  expect(await viewer.next(0)).toEqual({ what: 'dropped', events: 900 });
});

test('a hundred may watch at once; one more is told so, and has room when another leaves', async () => {
  const { live } = standIn();
  const url = await serveDashboard(database, { live });
  // Who only asks for the headers watches nothing.
  for (let i = 0; i < 150; i++) await fetch(`${url}/api/tail`, { method: 'HEAD' });
  const viewers = await Promise.all(Array.from({ length: 100 }, () => watch(`${url}/api/tail`)));
  const refused = await fetch(`${url}/api/tail`);
  expect(refused.status).toBe(503);
  expect(refused.headers.get('retry-after')).toBe('5');
  expect(await refused.json()).toMatchObject({ title: 'Too many watch already' });
  viewers[0]?.leave();
  await eventually(async () => {
    const one = await watch(`${url}/api/tail`);
    one.leave();
    expect(one.answer.status).toBe(200);
  });
});

test('it opens to whom the rest of the API does, and refuses what it does not know', async () => {
  const url = await serveDashboard(database, { live: standIn().live, token: TOKEN });
  expect((await fetch(`${url}/api/tail`)).status).toBe(401);
  const headers = { authorization: `Bearer ${TOKEN}` };
  expect((await watch(`${url}/api/tail`, headers)).answer.status).toBe(200);
  const detail = async (query: string) =>
    ((await (await fetch(`${url}/api/tail?${query}`, { headers })).json()) as { detail: string }).detail;
  expect(await detail('kind=sessions')).toBe('There is no kind "sessions". Did you mean session?');
  expect(await detail('kinds=session')).toBe('There is no parameter "kinds". There are kind and app.');
});
