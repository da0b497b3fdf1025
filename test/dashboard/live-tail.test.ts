import type { Browser } from 'playwright-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { event, sample, sessions } from '../consumer/events.ts';
import { standIn } from '../stream/stand-in.ts';
import { type Database, freshDatabase } from '../support/clickhouse.ts';
import { eventually } from '../support/eventually.ts';
import { openPage, screenshot, settled, startBrowser } from './browser.ts';
import { insert } from './insert.ts';
import { serveDashboard } from './serve.ts';
import { supportWeek } from './support-week.ts';

const SOON = { timeoutMs: 1_000, intervalMs: 10 };

let database: Database;
let browser: Browser;
beforeAll(async () => {
  [database, browser] = await Promise.all([freshDatabase(), startBrowser()]);
  await insert(
    database,
    supportWeek({ seed: 5, days: 1, busiest: 20, app: 'demo', end: new Date(Date.now() - 60_000) }),
  );
});

const now = () => ({ receivedMs: Date.now(), occurredMs: Date.now() });

describe.each([
  ['desktop', 1440],
  ['phone', 390],
] as const)('on a %s', (device, width) => {
  test.each(['light', 'dark'] as const)('an event shows as it is published (%s)', async (colorScheme) => {
    const { live, publish } = standIn();
    const page = await openPage(browser, await serveDashboard(database, { live }), { width, colorScheme });
    await settled(page);
    await page.locator('#tail').getByText('Live', { exact: true }).waitFor();
    const rows = page.locator('#tail tbody tr');
    const before = await rows.count();
    publish(event('message', sample('message'), 1, now()));
    await eventually(async () => expect(await rows.first().textContent()).toContain('Message'), SOON);
    expect(await rows.first().locator('time.new').count()).toBe(1);
    publish(...sessions(2, 4, now()));
    await eventually(async () => expect(await rows.locator('time.new').count()).toBe(4), SOON);
    expect(await rows.count()).toBe(before);
    await page.locator('#tail').scrollIntoViewIfNeeded();
    await screenshot(page, `live-tail-${device}-${colorScheme}`, false);
  });
});

test('an event that is stored meanwhile stays one row, and what is too much is counted', async () => {
  const { live, publish } = standIn();
  const page = await openPage(browser, await serveDashboard(database, { live }));
  await settled(page);
  await page.locator('#tail').getByText('Live', { exact: true }).waitFor();
  const [row] = await database.rows<{ event_id: string; ms: number }>(
    "SELECT event_id, toUnixTimestamp64Milli(received_at) AS ms FROM events WHERE kind = 'session' ORDER BY received_at DESC LIMIT 1",
  );
  const times = (await page.locator('#tail tbody time').allTextContents()).length;
  publish(event('session', sample('session'), 1, { id: row?.event_id ?? '', receivedMs: Number(row?.ms) }));
  publish(...sessions(2, 400, now()));
  await page
    .locator('#tail')
    .getByText(/more than can be shown/)
    .waitFor();
  expect(times).toBe(12);
  await page.locator('#tail .more').click();
  expect(await page.locator('#tail tbody tr').count()).toBe(50);
});

test('a page that is paused, or that nobody can see, watches nothing', async () => {
  const { live, viewers } = standIn();
  const page = await openPage(browser, await serveDashboard(database, { live }));
  await settled(page);
  await eventually(() => expect(viewers()).toBe(1));
  await page.getByRole('button', { name: 'Pause' }).click();
  await eventually(() => expect(viewers()).toBe(0));
  await page.locator('#tail').getByText('Every 5 s').waitFor();
  await page.getByRole('button', { name: 'Resume' }).click();
  await eventually(() => expect(viewers()).toBe(1));
});
