import type { Browser } from 'playwright-core';
import { beforeAll, expect, test } from 'vitest';
import { insert, logout } from '../analytics/rows.ts';
import { freshDatabase } from '../support/clickhouse.ts';
import { eventually } from '../support/eventually.ts';
import { openPage, settled, startBrowser } from './browser.ts';
import { databaseOfAWeek, WEEK_PAGE } from './insert.ts';
import { serveDashboard } from './serve.ts';

const LOGOUTS = 'from=2026-11-02&through=2026-11-08&rows=logout-list';

let browser: Browser;
beforeAll(async () => {
  browser = await startBrowser();
});

test('a list that is cut says which rows these are and of how many, and leads to the next and back', async () => {
  const database = await freshDatabase();
  const at = (i: number) =>
    new Date(Date.UTC(2026, 10, 3) + i * 1_000).toISOString().replace('T', ' ').slice(0, 19);
  const logouts = Array.from({ length: 1_200 }, (_, i) => logout(at(i), { event_id: `logout ${i}` }));
  await insert(database, 'agent_logouts', logouts);
  const page = await openPage(browser, `${await serveDashboard(database)}/?${LOGOUTS}`);
  const amount = page.locator('.drawer .lead strong');
  const amounts = async () => amount.textContent();
  await eventually(async () => expect(await amounts()).toBe('Rows 1 to 1,000 of 1,200'));
  expect(await page.locator('.drawer tbody tr').count()).toBe(1_000);
  await page.getByRole('link', { name: 'Next' }).click();
  await eventually(async () => expect(await amounts()).toBe('Rows 1,001 to 1,200 of 1,200'));
  expect(await page.locator('.drawer tbody tr').count()).toBe(200);
  expect(await page.getByRole('link', { name: 'Next' }).count()).toBe(0);
  await page.getByRole('link', { name: 'Previous' }).click();
  await eventually(async () => expect(await amounts()).toBe('Rows 1 to 1,000 of 1,200'));
});

test('with a channel chosen, what does not go by channels says so, and every CSV is there', async () => {
  const url = await serveDashboard(await databaseOfAWeek());
  const page = await openPage(browser, `${url}/?${WEEK_PAGE}&channel=wa&rows=logout-list`);
  await settled(page);
  await page.locator('.drawer tbody tr').first().waitFor();
  const files = await page
    .locator('a[download]')
    .evaluateAll((links) => links.map((link) => link.getAttribute('href') ?? ''));
  expect(files.length).toBeGreaterThan(5);
  for (const file of files) expect((await fetch(url + file)).status, file).toBe(200);
  expect(files.filter((file) => !file.includes('channel=wa')).length).toBeGreaterThan(0);
});
