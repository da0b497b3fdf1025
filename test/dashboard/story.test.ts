import type { Browser, Page } from 'playwright-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { type Database, freshDatabase } from '../support/clickhouse.ts';
import { eventually } from '../support/eventually.ts';
import { openPage, screenshot, startBrowser } from './browser.ts';
import { serveDashboard } from './serve.ts';
import { insertStory, ROOM } from './story-rows.ts';

const PERIOD = 'from=2026-11-09&through=2026-11-15';
const STORY = `${PERIOD}&rows=room-story&rows.app=demo&rows.room=${ROOM}&rows.from=2026-11-08&rows.to=2026-11-12`;

let database: Database;
let url: string;
let browser: Browser;
beforeAll(async () => {
  [database, browser] = await Promise.all([freshDatabase(), startBrowser()]);
  await insertStory(database);
  url = await serveDashboard(database);
});

test.each([
  [1440, 'light'],
  [1440, 'dark'],
  [360, 'light'],
] as const)('shot %s %s', async (width, colorScheme) => {
  const page = await openPage(browser, `${url}/?${STORY}`, { width, colorScheme });
  await page.locator('.story .event').first().waitFor();
  await page.locator('.payload-button').last().waitFor();
  await screenshot(page, `story-${width}-${colorScheme}`, false);
  await page.locator('.event', { hasText: 'resolved it' }).getByRole('button').click();
  await page.locator('pre').waitFor();
  await page.locator('pre').scrollIntoViewIfNeeded();
  await screenshot(page, `story-payload-${width}-${colorScheme}`, false);
  for (const [name, q] of [
    ['customer', 'rows=customer-day&rows.app=demo&rows.customer=628110000001&rows.day=2026-11-09'],
    ['agent', 'rows=agent-day&rows.app=demo&rows.agent=7&rows.day=2026-11-10'],
  ]) {
    await page.goto(`${url}/?${PERIOD}&${q}`);
    await page.locator('.story .event').first().waitFor();
    await screenshot(page, `${name}-day-${width}-${colorScheme}`, false);
  }
});
