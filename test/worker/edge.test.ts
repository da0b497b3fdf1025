import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { deflateSync, gzipSync } from 'node:zlib';
import { beforeAll, describe, expect, test } from 'vitest';
import { createTopics, uniquePrefix } from '../support/kafka.ts';
import { sharedBrokers } from '../support/shared.ts';
import { ADMIN_TOKEN, startWorker, type TestWorker } from '../support/worker.ts';
import { arrived, post, readTopics, SAMPLES, sample, status } from './edge-helpers.ts';

const prefix = uniquePrefix();
let brokers: string;
let worker: TestWorker;
beforeAll(async () => {
  brokers = await sharedBrokers();
  await createTopics(prefix);
  worker = await startWorker({ brokers, topicPrefix: prefix, env: { MAX_BODY_BYTES: '20000' } });
});

/** A body that no other test sends. */
const unique = (more: object = {}) => JSON.stringify({ test: crypto.randomUUID(), ...more });

describe('every sample of the vendor', () => {
  test('is taken as its kind, stands on its topic once, redacted, with the headers of the contract', {
    tags: 'long',
  }, async () => {
    const app = await readTopics(brokers, prefix);
    const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
    const receipts = [];
    for (const name of SAMPLES) {
      const { status, json } = await post(worker.webhookUrl, sample(name), { traceparent });
      expect([status, json.kind, json.duplicate]).toEqual([202, name.split('.')[0], false]);
      receipts.push(json);
    }
    for (const name of ['session', 'resolution', 'agent-logout.agent']) {
      const again = await post(worker.webhookUrl, sample(name));
      expect([again.status, again.json.duplicate]).toEqual([202, true]);
      expect(receipts.map(({ id }) => id)).toContain(again.json.id);
    }
    await post(worker.webhookUrl, unique());
    const messages = (await arrived(app, SAMPLES.length + 1)).filter(
      ({ topic }) => !topic.endsWith('unrecognized'),
    );

    expect(messages.map(({ headers }) => headers.ce_id).sort()).toEqual(receipts.map(({ id }) => id).sort());
    const secret = /authentication_token|sdk_key|qismo_key|direct_login_token|sdk_email/;
    for (const { topic, value, headers } of messages) {
      expect(topic).toBe(`${prefix}${headers.ce_type?.replace('com.qiscus.omnichannel.', '')}`);
      expect(value).not.toMatch(secret);
      expect(headers).toMatchObject({
        ce_specversion: '1.0',
        ce_source: '/qiscus/demo',
        'content-type': 'application/json',
        traceparent,
        ce_outbox: expect.stringMatching(/^demo\/\d$/),
        ce_sequence: expect.stringMatching(/^\d{20}$/),
      });
    }
    const logout = messages.find(({ headers }) => headers.ce_subject === '4001');
    expect(logout).toMatchObject({ key: 'demo:4001', headers: { ce_time: '2022-11-21T04:14:40.000Z' } });
  });

  test('leaves no secret in the outbox or in a log', async () => {
    await post(worker.webhookUrl, sample('allocation'));
    const files = await readdir(worker.dir, { recursive: true, withFileTypes: true });
    const data = files.filter((file) => file.isFile() && /\.sqlite|log/.test(file.name));
    expect(data.length).toBeGreaterThan(1);
    for (const file of data) {
      const bytes = await readFile(join(file.parentPath, file.name), 'latin1');
      expect(bytes).not.toMatch(/NlASwSIUnAqoTcFjYNBR|43Ondc|NZTGb|vsC6x_dewi|local-token/);
    }
  });
});

describe('bad input gets its answer', () => {
  const refused = async (body: string | Uint8Array<ArrayBuffer>, headers?: Record<string, string>) => {
    const { status, headers: answered, json } = await post(worker.webhookUrl, body, headers);
    expect(answered.get('content-type')).toBe('application/problem+json');
    expect(json.detail).toMatch(/\w/);
    return status;
  };

  test.each([
    ['not JSON', 'x'],
    ['nothing', ''],
    ['an array', '[]'],
    ['null', 'null'],
    ['not UTF-8', new Uint8Array([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d])],
  ])('400 for %s', async (_, body) => {
    expect(await refused(body)).toBe(400);
  });

  test('400 for a packed body that is cut short; a whole one is unpacked and taken', async () => {
    const packed = gzipSync(unique());
    expect(await refused(packed.subarray(0, 15), { 'content-encoding': 'gzip' })).toBe(400);
    expect((await post(worker.webhookUrl, packed, { 'content-encoding': 'gzip' })).status).toBe(202);
  });

  test('415 for an encoding that cannot be read, naming those that can, and nothing is stored', async () => {
    for (const encoding of ['br', 'zstd', 'gzip, gzip', 'gzip, br', 'x']) {
      const body = gzipSync(unique());
      const { status, headers, json } = await post(worker.webhookUrl, body, { 'content-encoding': encoding });
      expect([status, headers.get('accept-encoding')], encoding).toEqual([415, 'gzip, x-gzip, deflate']);
      expect(headers.get('content-type')).toBe('application/problem+json');
      expect(json.detail).toContain('gzip, x-gzip, deflate');
    }
    expect(
      (await post(`${worker.url}/webhooks/demo/wrong-token`, 'x', { 'content-encoding': 'br' })).status,
    ).toBe(401);
  });

  test('413 for a body over the cap, whether its length is announced, streamed, or hidden by packing', async () => {
    const big = JSON.stringify({ text: 'x'.repeat(20_001) });
    expect(await refused(big)).toBe(413);
    expect(await refused(gzipSync(big), { 'content-encoding': 'gzip' })).toBe(413);
    const streamed = { method: 'POST', body: new Blob([big]).stream(), duplex: 'half' } as RequestInit;
    expect((await fetch(worker.webhookUrl, streamed)).status).toBe(413);
  });

  test('401, the same for an unknown app, a wrong token and odd names, and nothing is stored', async () => {
    const answers = await Promise.all(
      [
        'demo/wrong-token',
        'nobody/local-token',
        'demo/%ff',
        '__proto__/local-token',
        'demo/local-token2',
      ].map((path) => fetch(`${worker.url}/webhooks/${path}`, { method: 'POST', body: unique() })),
    );
    expect(answers.map(({ status }) => status)).toEqual([401, 401, 401, 401, 401]);
    expect(new Set(await Promise.all(answers.map((answer) => answer.text()))).size).toBe(1);
    expect((await status(worker)).outboxes.every(({ outbox }) => outbox.startsWith('demo/'))).toBe(true);
  });

  test('413 for a few bytes that unpack to megabytes, in one member or in several', async () => {
    const zeros = Buffer.alloc(10_000_000);
    const members = Buffer.concat([gzipSync('{}'), gzipSync(zeros), gzipSync(zeros)]);
    expect(await refused(gzipSync(zeros), { 'content-encoding': 'gzip' })).toBe(413);
    expect(await refused(new Uint8Array(members), { 'content-encoding': 'gzip' })).toBe(413);
    expect(await refused(deflateSync(zeros), { 'content-encoding': 'deflate' })).toBe(413);
  });

  test('404 for other routes and 405 for other methods, naming those that go', async () => {
    expect((await fetch(`${worker.url}/nothing/here`)).status).toBe(404);
    const get = await fetch(worker.webhookUrl);
    expect([get.status, get.headers.get('allow')]).toEqual([405, 'POST']);
    expect((await fetch(`${worker.url}/status`)).status).toBe(401);
    expect((await fetch(`${worker.url}/healthz`)).status).toBe(200);
  });
});

describe('what clients do that is unusual and right', () => {
  test('a body in one member of gzip or several, or in deflate, by each of its names, is unpacked and taken', async () => {
    const whole = unique({ text: 'é'.repeat(500) });
    const bytes = Buffer.from(whole);
    // Cut in the middle of a character.
    const parts = [bytes.subarray(0, 101), bytes.subarray(101, 102), bytes.subarray(102)];
    const members = Buffer.concat(parts.map((part) => gzipSync(part)));
    const plain = await post(worker.webhookUrl, whole);
    const packed = [
      await post(worker.webhookUrl, new Uint8Array(members), { 'content-encoding': 'gzip' }),
      await post(worker.webhookUrl, gzipSync(whole), { 'content-encoding': 'X-Gzip' }),
      await post(worker.webhookUrl, deflateSync(whole), { 'content-encoding': 'deflate, identity' }),
      await post(worker.webhookUrl, whole, { 'content-encoding': 'utf-8' }),
    ];
    for (const { status, json } of packed) {
      expect([status, json]).toEqual([202, { ...plain.json, duplicate: true }]);
    }
  });

  test('HEAD is answered as GET is, without a body', async () => {
    const head = (path: string, headers = {}) => fetch(worker.url + path, { method: 'HEAD', headers });
    const answers = [
      await head('/healthz'),
      await head('/status', { authorization: `Bearer ${ADMIN_TOKEN}` }),
      await head('/status'),
    ];
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 401]);
    for (const answer of answers) expect(await answer.text()).toBe('');
    const posted = await fetch(`${worker.url}/healthz`, { method: 'POST' });
    expect([posted.status, posted.headers.get('allow')]).toEqual([405, 'GET, HEAD']);
  });

  test('slashes in a row in a path are one, wherever they stand', async () => {
    const body = unique();
    const plain = await post(worker.webhookUrl, body);
    expect(plain.status).toBe(202);
    for (const path of ['//webhooks/demo/local-token', '/webhooks//demo///local-token//?a=//b']) {
      const { status, json } = await post(worker.url + path, body);
      expect([status, json], path).toEqual([202, { ...plain.json, duplicate: true }]);
    }
    expect((await fetch(`${worker.url}//healthz`)).status).toBe(200);
    expect((await fetch(`${worker.url}//webhooks//demo/wrong-token`, { method: 'POST', body })).status).toBe(
      401,
    );
    expect((await fetch(`${worker.url}//nothing//here`)).status).toBe(404);
  });
});

test('every answer, whatever it says, is for no cache, no frame and no other site, and nothing but data', async () => {
  const answers = await Promise.all([
    fetch(worker.webhookUrl, { method: 'POST', body: unique() }),
    fetch(worker.webhookUrl, { method: 'POST', body: 'no JSON' }),
    fetch(worker.webhookUrl),
    fetch(`${worker.url}/webhooks/demo/wrong`, { method: 'POST', body: '{}' }),
    fetch(`${worker.url}/healthz`),
    fetch(`${worker.url}/status`),
    fetch(`${worker.url}/nothing`),
  ]);
  expect(answers.map(({ status }) => status)).toEqual([202, 400, 405, 401, 200, 401, 404]);
  for (const { headers } of answers) {
    expect(headers.get('cache-control')).toBe('no-store');
    expect(headers.get('content-security-policy')).toBe("default-src 'none'; frame-ancestors 'none'");
    expect(headers.get('referrer-policy')).toBe('no-referrer');
    expect(headers.get('strict-transport-security')).toBe('max-age=31536000');
    expect(headers.get('x-content-type-options')).toBe('nosniff');
  }
});

describe('an unknown shape is kept, not refused', () => {
  test('with the fields that did not fit', async () => {
    const { status, json } = await post(
      worker.webhookUrl,
      unique({ type: 'auth', payload: { action: 'login' } }),
    );
    expect([status, json.kind]).toEqual([202, 'unrecognized']);
    expect(json.problems?.join()).toContain('payload.action');
  });
});

describe('without a natural identity', () => {
  test('an immediate retry collapses, ten at once too', async () => {
    const body = JSON.stringify({ ...JSON.parse(sample('custom-button')), notes: crypto.randomUUID() });
    const receipts = await Promise.all(Array.from({ length: 10 }, () => post(worker.webhookUrl, body)));
    expect(new Set(receipts.map(({ json }) => json.id)).size).toBe(1);
    expect(receipts.filter(({ json }) => !json.duplicate)).toHaveLength(1);
  });

  test('a later repeat counts', async () => {
    const body = unique();
    const at = (time: string) => ({ authorization: `Bearer ${ADMIN_TOKEN}`, 'x-received-at': time });
    const first = await post(worker.webhookUrl, body, at('2026-01-01T00:00:01Z'));
    const retry = await post(worker.webhookUrl, body, at('2026-01-01T00:00:10.5Z'));
    const later = await post(worker.webhookUrl, body, at('2026-01-01T00:00:12Z'));
    expect([first, retry, later].map(({ json }) => json.duplicate)).toEqual([false, true, false]);
  });
});

describe('the time of receipt', () => {
  test('may be given by an administrator only, and neither in the future nor before 1970', async () => {
    const given = (time: string, token: string) =>
      post(worker.webhookUrl, unique(), { authorization: `Bearer ${token}`, 'x-received-at': time });
    expect((await given('2999-01-01T00:00:00Z', ADMIN_TOKEN)).status).toBe(400);
    expect((await given('yesterday', ADMIN_TOKEN)).status).toBe(400);
    // No column of a time could hold it, and the event would end among the dead letters.
    expect((await given('1850-01-01T00:00:00Z', ADMIN_TOKEN)).status).toBe(400);
    expect((await given('2999-01-01T00:00:00Z', 'not-the-token')).status).toBe(202);
    expect((await given('2026-01-01T00:00:00+07:00', ADMIN_TOKEN)).status).toBe(202);
  });

  test('stands in for a time of occurrence that is absurd', { tags: 'long' }, async () => {
    const own = uniquePrefix();
    await createTopics(own);
    const other = await startWorker({ brokers, topicPrefix: own });
    const reader = await readTopics(brokers, own);
    for (const timestamp of [1, 4_000_000_000, 1_669_004_080]) {
      const body = JSON.parse(sample('agent-logout.agent'));
      body.payload.timestamp = timestamp;
      const recorded = { authorization: `Bearer ${ADMIN_TOKEN}`, 'x-received-at': '2026-01-01T00:00:00Z' };
      await post(other.webhookUrl, JSON.stringify(body), recorded);
    }
    const times = (await arrived(reader, 3)).map(({ headers }) => headers.ce_time).sort();
    expect(times).toEqual([
      '2022-11-21T04:14:40.000Z',
      '2026-01-01T00:00:00.000Z',
      '2026-01-01T00:00:00.000Z',
    ]);
  });
});

test('an outbox without room answers 503, says when to come back, and still knows what it has', async () => {
  const small = await startWorker({
    brokers: '127.0.0.1:1',
    topicPrefix: prefix,
    env: { OUTBOX_MAX_BYTES: '200000', OUTBOX_SHARDS: '1' },
  });
  const bodies = Array.from({ length: 20 }, () => unique({ text: 'x'.repeat(20_000) }));
  const answers = [];
  for (const body of bodies) answers.push(await post(small.webhookUrl, body));
  const taken = answers.findIndex(({ status }) => status !== 202);
  expect(taken).toBeGreaterThan(0);
  expect(answers.slice(taken).map(({ status }) => status)).toEqual(Array(20 - taken).fill(503));
  expect(answers.at(-1)?.headers.get('retry-after')).toMatch(/^\d+$/);
  expect(await post(small.webhookUrl, bodies[0] ?? '')).toMatchObject({
    status: 202,
    json: { duplicate: true },
  });
  const { outboxes } = await status(small);
  expect(outboxes).toMatchObject([{ last_sequence: taken, max_database_bytes: 200_000 }]);
  expect(outboxes[0]?.database_bytes).toBeLessThanOrEqual(200_000);
});

test('settings that are wrong stop the start with a message that names them and not their content', async () => {
  const broken = startWorker({
    brokers,
    topicPrefix: prefix,
    env: { WEBHOOK_TOKENS: '{"demo":["a-secret-not-in-a-list"', OUTBOX_SHARDS: 'many' },
  });
  const message = await broken.then(
    () => 'it started',
    (fault) => String(fault),
  );
  expect(message).toContain('OUTBOX_SHARDS');
  expect(message).toContain('WEBHOOK_TOKENS');
  expect(message).not.toContain('a-secret-not-in-a-list');
});
