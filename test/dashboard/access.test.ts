import { request } from 'node:http';
import { beforeAll, describe, expect, test } from 'vitest';
import { readSettings } from '../../consumer/config.ts';
import { type Database, freshDatabase } from '../support/clickhouse.ts';
import { serveDashboard } from './serve.ts';

const TOKEN = 'a token of twenty-odd letters';

let database: Database;
beforeAll(async () => {
  database = await freshDatabase();
});

/** As fetch, which sets the Host header itself, does not. @returns the status */
function withHost(url: string, host: string): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    const sent = request(url, { headers: { host } }, (response) => {
      response.resume();
      resolve(response.statusCode);
    });
    sent.once('error', reject).end();
  });
}

describe('on this machine alone', () => {
  test('the page, its files and the API answer under the names of this machine, and under no other', async () => {
    const url = await serveDashboard(database);
    for (const host of ['127.0.0.1:8080', 'localhost', '[::1]:8080']) {
      expect(await withHost(url, host), host).toBe(200);
      expect(await withHost(`${url}/api/queries`, host), host).toBe(200);
    }
    for (const host of ['evil.example', '127.0.0.1.evil.example:8080', 'localhost.evil.example']) {
      expect(await withHost(url, host), host).toBe(421);
      expect(await withHost(`${url}/api/queries/agents`, host), host).toBe(421);
    }
  });

  test('every reply forbids scripts, frames and reading from elsewhere', async () => {
    const url = await serveDashboard(database);
    for (const path of ['/', '/api/queries', '/api/queries/nothing', '/assets/none/x.ts']) {
      const { headers } = await fetch(url + path);
      expect(headers.get('content-security-policy')).toMatch(/^default-src 'none'; script-src 'self';/);
      expect(headers.get('content-security-policy')).toMatch("frame-ancestors 'none'");
      expect(headers.get('x-content-type-options')).toBe('nosniff');
      expect(headers.get('referrer-policy')).toBe('no-referrer');
      expect(headers.get('access-control-allow-origin')).toBeNull();
    }
  });
});

describe('with a token', () => {
  test('who has not shown it reads nothing, and is shown where to enter it', async () => {
    const url = await serveDashboard(database, { token: TOKEN });
    const page = await fetch(url);
    expect(page.status).toBe(401);
    expect(await page.text()).toMatch('<form class="card" method="post" action="/sign-in">');
    const payload = '/api/queries/event-payload?event=1';
    for (const path of ['/api/queries', '/api/queries/agents', '/api/queries/agents.csv', payload]) {
      expect((await fetch(url + path)).status, path).toBe(401);
    }
    const wrong = await fetch(`${url}/api/queries`, { headers: { authorization: `Bearer ${TOKEN}x` } });
    expect(wrong.status).toBe(401);
    const forged = await fetch(`${url}/api/queries`, {
      headers: { cookie: `qiscus_stream_dashboard=${TOKEN}` },
    });
    expect(forged.status).toBe(401);
  });

  test('a link with it leads to the same view without it, and its cookie opens all', async () => {
    const url = await serveDashboard(database, { token: TOKEN });
    const link = `${url}/?app=demo&token=${encodeURIComponent(TOKEN)}`;
    const answer = await fetch(link, { redirect: 'manual' });
    expect(answer.status).toBe(303);
    expect(answer.headers.get('location')).toBe('/?app=demo');
    const cookie = answer.headers.get('set-cookie') ?? '';
    expect(cookie).toMatch(/; HttpOnly; SameSite=Strict$/);
    expect(cookie).not.toContain(TOKEN);
    const opened = await fetch(`${url}/api/queries`, { headers: { cookie: cookie.split(';', 1)[0] ?? '' } });
    expect(opened.status).toBe(200);
    expect((await fetch(`${url}/?token=wrong`, { redirect: 'manual' })).status).toBe(403);
  });

  test('the form takes it too, and leads to no other site', async () => {
    const url = await serveDashboard(database, { token: TOKEN });
    const post = (form: Record<string, string>) =>
      fetch(`${url}/sign-in`, { method: 'POST', redirect: 'manual', body: new URLSearchParams(form) });
    const signedIn = await post({ token: TOKEN, view: '?period=30d' });
    expect(signedIn.headers.get('location')).toBe('/?period=30d');
    expect(signedIn.headers.get('set-cookie')).toMatch('HttpOnly');
    for (const view of ['//evil.example', 'https://evil.example', '/\\evil.example']) {
      expect((await post({ token: TOKEN, view })).headers.get('location')).toBe('/');
    }
    const refused = await post({ token: 'wrong' });
    expect(refused.status).toBe(403);
    expect(refused.headers.get('set-cookie')).toBeNull();
    expect((await post({ token: TOKEN, view: 'x'.repeat(10_000) })).status).toBe(413);
  });

  test('programs send it as a bearer token, under any name of the server', async () => {
    const url = await serveDashboard(database, { token: TOKEN });
    const answer = await fetch(`${url}/api/queries`, { headers: { authorization: `Bearer ${TOKEN}` } });
    expect(answer.status).toBe(200);
    expect(await withHost(url, 'support.example')).toBe(401);
  });
});

describe('the settings', () => {
  const settings = (env: Record<string, string>) => readSettings({ KAFKA_BROKERS: 'kafka:9092', ...env });

  test('other machines can reach the consumer only when a token protects the dashboard', () => {
    expect(() => settings({ CONSUMER_HOST: '0.0.0.0' })).toThrow(
      /DASHBOARD_TOKEN must be set, 16 characters/,
    );
    expect(() => settings({ CONSUMER_HOST: '0.0.0.0', DASHBOARD_TOKEN: 'short' })).toThrow(/DASHBOARD_TOKEN/);
    expect(settings({ CONSUMER_HOST: '0.0.0.0', DASHBOARD_TOKEN: TOKEN }).CONSUMER_HOST).toBe('0.0.0.0');
    for (const host of ['127.0.0.1', '::1', 'localhost']) {
      expect(settings({ CONSUMER_HOST: host }).DASHBOARD_TOKEN).toBeUndefined();
    }
  });

  test('the dashboard never reads as the user that writes', () => {
    const url = 'http://writer:secret@db:8123/qiscus';
    const local = settings({ CLICKHOUSE_URL: url }).CLICKHOUSE_READER_URL;
    expect(local).toEqual({ url: 'http://db:8123', username: 'reader', password: '', database: 'qiscus' });
    const own = settings({ CLICKHOUSE_URL: url, CLICKHOUSE_READER_URL: 'http://eyes:pw@db2:8123/qiscus' });
    expect(own.CLICKHOUSE_READER_URL).toMatchObject({ username: 'eyes', url: 'http://db2:8123' });
  });
});
