import type { Browser, Page } from 'playwright-core';
import { beforeAll, describe, expect, test } from 'vitest';
import type { Database } from '../support/clickhouse.ts';
import { eventually } from '../support/eventually.ts';
import { startProxy } from '../support/proxy.ts';
import { openPage, settled, startBrowser } from './browser.ts';
import { databaseOfAWeek, WEEK_PAGE } from './insert.ts';
import { serveDashboard } from './serve.ts';

/** Up to this, a page counts as steady: https://web.dev/articles/cls. */
const GOOD = 0.1;

let database: Database;
let browser: Browser;
let url: string;
beforeAll(async () => {
  [database, browser] = await Promise.all([databaseOfAWeek(), startBrowser()]);
  url = await serveDashboard(database);
});

/** Lets the scripts come after the first paint, and the answers after that of the cards, so that each is seen. */
async function slowly(page: Page): Promise<void> {
  await page.route('**/main.*', async (route) => {
    await eventually(async () =>
      expect(await page.evaluate('performance.getEntriesByName("first-contentful-paint").length')).toBe(1),
    );
    await route.continue();
  });
  await page.route('**/api/**', async (route) => {
    await page.locator('.card').nth(6).waitFor();
    // A frame is painted before the second one begins.
    await page.evaluate('new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))');
    await route.continue();
  });
}

/** All that moved by itself since the page was opened, as the browser has it. */
function layoutShift(page: Page): Promise<number> {
  return page.evaluate(`new Promise((resolve) => {
    new PerformanceObserver((list) =>
      resolve(list.getEntries().reduce((sum, { value, hadRecentInput }) => sum + (hadRecentInput ? 0 : value), 0)),
    ).observe({ type: 'layout-shift', buffered: true });
    // Where nothing moved, the observer is told nothing.
    requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(() => resolve(0))));
  })`);
}

describe.each([1440, 390])('at a width of %i', (width) => {
  test.each([
    ['a week', `${WEEK_PAGE}&app=demo`],
    ['an app that nothing came from', 'app=nobody'],
  ])('nothing moves while the page loads: %s', async (_, view) => {
    const page = await openPage(browser, `${url}/?${view}`, { width, before: slowly });
    await settled(page);
    expect(await layoutShift(page)).toBeLessThan(GOOD);
  });
});

test.each([1440, 390])(
  'nothing moves for the notice that ClickHouse is away, at a width of %i',
  async (width) => {
    const clickHouse = await startProxy(Number(new URL(database.url).port));
    await clickHouse.set('cut');
    const away = await serveDashboard(database, { reaches: `http://127.0.0.1:${clickHouse.port}` });
    const page = await openPage(browser, away, { width, before: slowly });
    await page.getByRole('alert').waitFor();
    await settled(page);
    expect(await layoutShift(page)).toBeLessThan(GOOD);
  },
);
