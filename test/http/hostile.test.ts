import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { connect } from 'node:net';
import fc from 'fast-check';
import { beforeAll, expect, test } from 'vitest';
import { freePort } from '../../local/ports.ts';
import { LONG_MS, runs } from '../properties/runs.ts';
import { freshDatabase } from '../support/clickhouse.ts';
import { startConsumer, type TestConsumer } from '../support/consumer.ts';
import { sendings } from './requests.ts';
import { exchange } from './socket.ts';

const TOKEN = 'a token of twenty-odd letters';

let consumer: TestConsumer;
beforeAll(async () => {
  const { url } = await freshDatabase();
  consumer = await startConsumer({
    topicPrefix: 'none.',
    brokers: `127.0.0.1:${await freePort()}`,
    clickHouseUrl: url,
    env: { DASHBOARD_TOKEN: TOKEN },
    until: 'serving',
  });
});

/** The process that was started, and is never started again here, answers; no request has met a fault of ours. */
async function expectUnharmed(): Promise<void> {
  const answer = await fetch(`${consumer.url}/api/queries`, {
    headers: { authorization: `Bearer ${TOKEN}` },
  });
  expect(answer.status).toBe(200);
  const log = await readFile(consumer.logFile, 'utf8');
  expect(log).not.toMatch(/could not be answered|could not be sent|^\w*Error/m);
}

const post = (form: URLSearchParams) =>
  fetch(`${consumer.url}/sign-in`, { method: 'POST', redirect: 'manual', body: form });

test(
  'whatever bytes a client sends, and wherever it hangs up, the process goes on and answers no 5xx',
  async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(sendings(TOKEN), { minLength: 1, maxLength: 8 }), async (sendings) => {
        const statuses = await Promise.all(sendings.map((sending) => exchange(consumer.port, sending)));
        expect(statuses.flat().filter((status) => status >= 500)).toEqual([]);
      }),
      runs(150),
    );
    await expectUnharmed();
  },
  LONG_MS,
);

test(
  'the right token leads to a place on this page, whatever view comes with it',
  async () => {
    const anyText = fc.string({ unit: 'binary', maxLength: 60 }).map((text) => text.toWellFormed());
    const views = fc.oneof(
      anyText.map((text) => `?${text}`),
      anyText,
    );
    const examples: [string][] = [['?テ'], ['?a\nSet-Cookie: x=y'], ['?\u0000'], ['//evil.example']];
    await fc.assert(
      fc.asyncProperty(views, async (view) => {
        const byForm = await post(new URLSearchParams({ token: TOKEN, view }));
        const query = new URLSearchParams({ view, token: TOKEN });
        const byLink = await fetch(`${consumer.url}/?${query}`, { redirect: 'manual' });
        for (const answer of [byForm, byLink]) {
          expect(answer.status).toBe(303);
          expect(answer.headers.get('location')).toMatch(/^\/(\?[!-~]*)?$/);
          expect(answer.headers.get('set-cookie')).toMatch(/^qiscus_stream_dashboard=[\w-]+; /);
        }
      }),
      { ...runs(100), examples },
    );
    await expectUnharmed();
  },
  LONG_MS,
);

test('a request that is too long anywhere is refused, and a form that does not say how long it is', async () => {
  expect((await fetch(`${consumer.url}/?${'x'.repeat(9_000)}`)).status).toBe(414);
  const header = `GET / HTTP/1.1\r\nhost: a\r\nx: ${'y'.repeat(20_000)}\r\n\r\n`;
  expect(await exchange(consumer.port, { bytes: Buffer.from(header) })).toEqual([431]);
  expect((await post(new URLSearchParams({ token: TOKEN, view: `?${'x'.repeat(5_000)}` }))).status).toBe(413);
  const unending = 'POST /sign-in HTTP/1.1\r\nhost: a\r\ntransfer-encoding: chunked\r\n\r\n5\r\ntoken\r\n';
  expect((await exchange(consumer.port, { bytes: Buffer.from(unending) }))[0]).toBe(413);
  await expectUnharmed();
});

test('who never finishes a request is given up, and the others are answered meanwhile', {
  tags: 'long',
  timeout: 25_000,
}, async () => {
  const unfinished = connect(consumer.port, '127.0.0.1');
  const closed = once(unfinished, 'close');
  unfinished.on('error', () => {}).write('GET /healthz HTTP/1.1\r\nhost: a\r\n');
  unfinished.resume();
  expect((await fetch(`${consumer.url}/healthz`)).status).toBe(200);
  await closed;
});

test('every path says what it takes: HEAD as GET without a body, 405 with Allow, 404 for the rest', async () => {
  const headers = { authorization: `Bearer ${TOKEN}` };
  for (const path of ['/', '/healthz', '/metrics', '/api/queries', '/api/queries/filters']) {
    const head = await fetch(consumer.url + path, { method: 'HEAD', headers });
    expect([head.status, await head.text()], path).toEqual([200, '']);
    const posted = await fetch(consumer.url + path, { method: 'POST', headers });
    expect([posted.status, posted.headers.get('allow')], path).toEqual([405, 'GET, HEAD']);
  }
  const got = await fetch(`${consumer.url}/sign-in`);
  expect([got.status, got.headers.get('allow')]).toEqual([405, 'POST']);
  expect((await fetch(`${consumer.url}/nothing`)).status).toBe(404);
});
