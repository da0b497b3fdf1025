import type { Browser } from 'playwright-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { findings, openPage, settled, startBrowser } from './browser.ts';
import { databaseOfAWeek, WEEK_PAGE } from './insert.ts';
import { serveDashboard } from './serve.ts';

const TOKEN = 'a token of twenty-odd letters';

let browser: Browser;
let url: string;
let guarded: string;
beforeAll(async () => {
  const [database, started] = await Promise.all([databaseOfAWeek(), startBrowser()]);
  browser = started;
  url = await serveDashboard(database);
  guarded = await serveDashboard(database, { token: TOKEN });
});

/** What axe finds depends on the width or on the colours, not on both at once. */
const LOOKS = [
  { width: 1440, colorScheme: 'light' },
  { width: 390, colorScheme: 'dark' },
] as const;

describe.each(LOOKS)('axe finds nothing at a width of $width, $colorScheme', ({ width, colorScheme }) => {
  const open = (where: string) => openPage(browser, where, { width, colorScheme });

  test('of the page, its charts and its tables', { tags: 'long' }, async () => {
    const page = await open(`${url}/?${WEEK_PAGE}&app=demo`);
    await settled(page);
    expect(await findings(page)).toEqual([]);
    await page.getByRole('button', { name: 'over time: as a table' }).click();
    await page.getByRole('button', { name: 'takes to resolve: as a table' }).click();
    for (const notes of await page.locator('summary').all()) await notes.click();
    expect(await findings(page)).toEqual([]);
  });

  test('of the rows behind a number, of a page with nothing on it, and of the sign-in', {
    tags: 'long',
  }, async () => {
    const rows = await open(`${url}/?${WEEK_PAGE}&app=demo&rows=session-list`);
    await rows.locator('.drawer tbody tr').first().waitFor();
    await settled(rows);
    expect(await findings(rows)).toEqual([]);
    const empty = await open(`${url}/?app=nobody`);
    await settled(empty);
    expect(await findings(empty)).toEqual([]);
    expect(await findings(await open(guarded))).toEqual([]);
  });
});

test('no two regions of the page have one name', async () => {
  const page = await openPage(browser, `${url}/?${WEEK_PAGE}&app=demo`);
  await settled(page);
  const snapshot = await page.locator('body').ariaSnapshot();
  const names = [...snapshot.matchAll(/^\s*- '?region "([^"]+)"/gm)].map(([, name]) => name);
  expect(names.length).toBeGreaterThan(12);
  expect(names.filter((name, i) => names.indexOf(name) !== i)).toEqual([]);
});
