import type { Browser } from 'playwright-core';
import { beforeAll, describe, expect, test } from 'vitest';
import type { Database } from '../support/clickhouse.ts';
import { eventually } from '../support/eventually.ts';
import { startProxy } from '../support/proxy.ts';
import { filter, openPage, screenshot, settled, startBrowser } from './browser.ts';
import { databaseOfAWeek, insert, WEEK_PAGE } from './insert.ts';
import { serveDashboard } from './serve.ts';
import { supportWeek } from './support-week.ts';

const TOKEN = 'a token of twenty-odd letters';

let database: Database;
let browser: Browser;
beforeAll(async () => {
  [database, browser] = await Promise.all([databaseOfAWeek(), startBrowser()]);
});

test('where nothing came in, each part says so, and what to do', { tags: 'long' }, async () => {
  const page = await openPage(browser, `${await serveDashboard(database)}/?period=24h&app=nobody`);
  await settled(page);
  expect(await page.locator('.state-title').allInnerTexts()).toEqual(Array(5).fill('Nothing in this period'));
  expect(await page.locator('.tile-value').first().textContent()).toBe('0');
  await screenshot(page, 'empty');
  await page.locator('.state a').first().click();
  await page.waitForURL(/period=90d$/);
  await eventually(async () => expect(await page.locator('.tile-value').first().textContent()).not.toBe('0'));
});

test('when ClickHouse is away, the page says so, keeps what it has, and goes on when it is back', {
  tags: 'long',
}, async () => {
  const clickHouse = await startProxy(Number(new URL(database.url).port));
  const url = await serveDashboard(database, { reaches: `http://127.0.0.1:${clickHouse.port}` });
  const page = await openPage(browser, `${url}/?${WEEK_PAGE}`);
  await settled(page);
  const notice = page.getByRole('alert');
  expect(await notice.isHidden()).toBe(true);
  const sessions = await page.locator('.tile-value').first().textContent();
  await clickHouse.set('cut');
  await filter(page, 'channel').selectOption('wa');
  await notice.getByText('ClickHouse does not answer').waitFor();
  expect(await page.locator('.tile-value').first().textContent()).toBe(sessions);
  await screenshot(page, 'clickhouse-away');
  await clickHouse.set('pass');
  await notice.getByRole('button', { name: 'Try again' }).click();
  await notice.waitFor({ state: 'hidden' });
  await eventually(async () =>
    expect(await page.locator('.tile-value').first().textContent()).not.toBe(sessions),
  );
});

test('opened while ClickHouse is away, it shows no numbers, and why', async () => {
  const clickHouse = await startProxy(Number(new URL(database.url).port));
  await clickHouse.set('cut');
  const url = await serveDashboard(database, { reaches: `http://127.0.0.1:${clickHouse.port}` });
  const page = await openPage(browser, url);
  await page.getByRole('alert').getByText('ClickHouse does not answer').waitFor();
  await settled(page);
  expect(await page.locator('.card .state-title').first().textContent()).toBe('ClickHouse does not answer');
});

describe('what comes in while the page is open', () => {
  /** A page that asks again gives up what it had asked. */
  const SELDOM = { intervalMs: 2_000, timeoutMs: 40_000 };
  const DAY = { seed: 9, days: 1, busiest: 30, app: 'live' };

  test('shows up by itself, and not while the page is paused', { tags: 'long' }, async () => {
    const page = await openPage(browser, `${await serveDashboard(database)}/?app=live`);
    await settled(page);
    const sessions = page.locator('.tile-value').first();
    expect(await sessions.textContent()).toBe('0');
    await page.getByRole('button', { name: 'Pause' }).click();
    let asked = 0;
    page.on('request', () => asked++);
    await insert(database, supportWeek({ ...DAY, end: new Date(Date.now() - 10_000) }));
    await page.clock.install();
    await page.clock.fastForward(60_000);
    expect(asked).toBe(0);
    await page.getByRole('button', { name: 'Resume' }).click();
    expect(asked).toBeGreaterThan(0);
    // An answer of some seconds ago may come first.
    await eventually(async () => {
      await page.clock.fastForward(15_000);
      expect(await sessions.textContent()).not.toBe('0');
    }, SELDOM);
    await eventually(async () => expect(await page.locator('#tail tbody tr').count()).toBe(12));
    const before = await sessions.textContent();
    await insert(database, supportWeek({ ...DAY, seed: 10, end: new Date(Date.now() - 10_000) }));
    await eventually(async () => {
      await page.clock.fastForward(15_000);
      expect(await sessions.textContent()).not.toBe(before);
    }, SELDOM);
  });
});

test('with a token, the form opens the view that was asked for, and a link from elsewhere opens it at once', async () => {
  const url = await serveDashboard(database, { token: TOKEN });
  const page = await openPage(browser, `${url}/?${WEEK_PAGE}`);
  await page.getByLabel('Token').fill('wrong');
  await page.getByRole('button', { name: 'Open the dashboard' }).click();
  await page.getByRole('alert').getByText('That is not the token').waitFor();
  await screenshot(page, 'sign-in');
  await page.goto(`${url}/?${WEEK_PAGE}`);
  await page.getByLabel('Token').fill(TOKEN);
  await page.getByRole('button', { name: 'Open the dashboard' }).click();
  await settled(page);
  expect(page.url()).toBe(`${url}/?${WEEK_PAGE}`);
  // A navigation that another site begins carries no cookie.
  await page.goto(`data:text/html,<a href="${url}/?app=shop">open</a>`);
  await page.getByRole('link').click();
  await settled(page);
  expect(page.url()).toBe(`${url}/?app=shop`);
});
