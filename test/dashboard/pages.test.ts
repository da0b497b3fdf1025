import type { Browser } from 'playwright-core';
import { beforeAll, expect, test } from 'vitest';
import { insert, logout, resolution, session } from '../analytics/rows.ts';
import { freshDatabase } from '../support/clickhouse.ts';
import { eventually } from '../support/eventually.ts';
import { openPage, settled, startBrowser, tableTexts } from './browser.ts';
import { databaseOfAWeek, WEEK_PAGE } from './insert.ts';
import { serveDashboard } from './serve.ts';

const LOGOUTS = 'from=2026-11-02&through=2026-11-08&rows=logout-list';

let browser: Browser;
beforeAll(async () => {
  browser = await startBrowser();
});

test('a list that is cut says which rows these are and of how many, and leads to the next and back', {
  tags: 'long',
}, async () => {
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

test('with a channel chosen, what does not go by channels says so, and every CSV is there', {
  tags: 'long',
}, async () => {
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

test('the hour that a clock repeats is two on the chart, each with its rows behind it, and the sum is the count', {
  tags: 'long',
}, async () => {
  const database = await freshDatabase();
  // New York puts its clock back at 6:00 UTC.
  const clocks = ['04:10', '05:20', '05:40', '06:20', '06:30', '06:50', '07:10'];
  const at = (clock: string) => `2025-11-02 ${clock}:00`;
  await insert(
    database,
    'sessions',
    clocks.map((clock) => session(clock, at(clock))),
  );
  await insert(database, 'resolutions', [resolution('06:20', at('06:25')), resolution('x', at('05:59'))]);
  const day = 'from=2025-11-02&through=2025-11-02&tz=America/New_York';
  const page = await openPage(browser, `${await serveDashboard(database)}/?${day}`);
  await settled(page);
  await page.getByRole('button', { name: 'over time: as a table' }).click();
  const table = await tableTexts(page, '#activity');
  expect(table.slice(1, 5)).toEqual([
    ['Sun 2 Nov 00:00', '1', '0'],
    ['Sun 2 Nov 01:00 (UTC-04:00)', '2', '1'],
    ['Sun 2 Nov 01:00 (UTC-05:00)', '3', '1'],
    ['Sun 2 Nov 02:00', '1', '0'],
  ]);
  expect(table.slice(1)).toHaveLength(25);
  const sum = (column: number) => table.slice(1).reduce((total, cells) => total + Number(cells[column]), 0);
  expect([sum(1), sum(2)]).toEqual([7, 2]);
  expect(await page.locator('.tile-value').first().textContent()).toBe('7');
  const heat = await page.locator('.heat-map a[href]').allInnerTexts();
  expect(heat.reduce((total, text) => total + Number(text), 0)).toBe(7);
  await page.locator('#activity tbody tr').nth(2).locator('a').first().click();
  await eventually(async () => expect(await page.locator('.drawer tbody tr').count()).toBe(3));
});

test('a share that changed is told in points, and a zone that is none by what to write', async () => {
  const database = await freshDatabase();
  const rooms = Array.from({ length: 40 }, (_, i) => `${i}`);
  const week = (day: number, reopened: number) => ({
    sessions: rooms.slice(0, reopened).map((room) => session(`${day} ${room}`, `2025-11-0${day} 05:00:00`)),
    resolutions: rooms.map((room) => resolution(`${day} ${room}`, `2025-11-0${day} 04:00:00`)),
  });
  const weeks = [week(3, 10), week(4, 11)];
  await insert(
    database,
    'sessions',
    weeks.flatMap(({ sessions }) => sessions),
  );
  await insert(
    database,
    'resolutions',
    weeks.flatMap(({ resolutions }) => resolutions),
  );
  const url = await serveDashboard(database);
  const page = await openPage(browser, `${url}/?from=2025-11-04&through=2025-11-04`);
  await settled(page);
  const tile = page.locator('.tile', { hasText: 'Reopened within 24 h' }).locator('.tile-change');
  expect(await tile.textContent()).toBe('▲ +2.5 pt from 25%');
  const wrong = await openPage(browser, `${url}/?tz=Mars/Olympus`);
  await wrong.getByRole('alert').getByText('tz must be an IANA time zone').waitFor();
});
