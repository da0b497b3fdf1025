import type { ClickHouseClient } from '@clickhouse/client';
import { beforeAll, expect, test } from 'vitest';
import type { Database } from '../support/clickhouse.ts';
import { eventually } from '../support/eventually.ts';
import { startProxy } from '../support/proxy.ts';
import { filter, openPage, settled, startBrowser } from './browser.ts';
import { databaseOfAWeek, WEEK_API, WEEK_PAGE } from './insert.ts';
import { serveDashboard } from './serve.ts';

/** Three seconds, and one more for a machine that runs other tests. */
const SOON_MS = 4_000;
const NAMES = [
  'agents',
  'channels',
  'overview',
  'busiest-hours',
  'freshness',
  'open-backlog',
  'latest-events',
];

let database: Database;
beforeAll(async () => {
  database = await databaseOfAWeek();
});

async function proxied() {
  const clickHouse = await startProxy(Number(new URL(database.url).port));
  return {
    clickHouse,
    url: await serveDashboard(database, { reaches: `http://127.0.0.1:${clickHouse.port}` }),
  };
}

test('while ClickHouse hangs, everyone who asks gets 503 within three seconds, and answers when it is back', async () => {
  const { clickHouse, url } = await proxied();
  expect((await fetch(`${url}/api/queries/agents?${WEEK_API}`)).status).toBe(200);
  await clickHouse.set('hang');
  const startMs = performance.now();
  // More than have a turn at once, and none that was just answered.
  const answers = await Promise.all(NAMES.map((name) => fetch(`${url}/api/queries/${name}`)));
  expect(performance.now() - startMs).toBeLessThan(SOON_MS);
  for (const answer of answers) {
    expect(answer.status).toBe(503);
    expect(answer.headers.get('retry-after')).not.toBeNull();
    expect(await answer.json()).toMatchObject({ title: 'ClickHouse does not answer' });
  }
  await clickHouse.set('pass');
  await eventually(async () => expect((await fetch(`${url}/api/queries/channels`)).status).toBe(200));
});

test('a query that takes longer than that is answered while ClickHouse lives', async () => {
  let pings = 0;
  // The answer comes after more pings than fit into three seconds.
  const slow = (client: ClickHouseClient) =>
    new Proxy(client, {
      get(target, name) {
        const value = Reflect.get(target, name);
        if (typeof value !== 'function') return value;
        return async (...given: unknown[]) => {
          if (name === 'ping') pings++;
          if (name === 'query') await eventually(async () => expect(pings).toBeGreaterThan(10));
          return value.apply(target, given);
        };
      },
    });
  const url = await serveDashboard(database, { wrap: slow });
  const startMs = performance.now();
  expect((await fetch(`${url}/api/queries/agents?${WEEK_API}`)).status).toBe(200);
  expect(performance.now() - startMs).toBeGreaterThan(3_000);
});

test('while ClickHouse hangs, the page says so soon, keeps what it has, and goes on when it is back', {
  tags: 'long',
}, async () => {
  const { clickHouse, url } = await proxied();
  const page = await openPage(await startBrowser(), `${url}/?${WEEK_PAGE}`);
  await settled(page);
  const sessions = page.locator('.tile-value').first();
  const before = await sessions.textContent();
  await clickHouse.set('hang');
  await filter(page, 'channel').selectOption('wa');
  const notice = page.getByRole('alert');
  // Its questions go out in three rounds, as a browser has six connections: only the first one waits.
  await notice.getByText('ClickHouse does not answer').waitFor({ timeout: SOON_MS + 1_000 });
  expect(await sessions.textContent()).toBe(before);
  await clickHouse.set('pass');
  await eventually(async () => {
    if (await notice.isVisible())
      await notice.getByRole('button', { name: 'Try again' }).click({ timeout: 500 });
    expect(await sessions.textContent()).not.toBe(before);
  });
  await notice.waitFor({ state: 'hidden' });
});
