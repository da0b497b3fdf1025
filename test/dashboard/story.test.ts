import type { Browser, Page } from 'playwright-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { type Database, freshDatabase } from '../support/clickhouse.ts';
import { eventually } from '../support/eventually.ts';
import { findings, openPage, type PageOptions, screenshot, startBrowser } from './browser.ts';
import { serveDashboard } from './serve.ts';
import { insertStory, ROOM } from './story-rows.ts';

const PERIOD = 'from=2026-11-09&through=2026-11-15';
const STORY = `rows=room-story&rows.app=demo&rows.room=${ROOM}&rows.from=2026-11-08&rows.to=2026-11-12`;
const CUSTOMER = 'rows=customer-day&rows.app=demo&rows.customer=628110000001&rows.day=2026-11-09';
const AGENT = 'rows=agent-day&rows.app=demo&rows.agent=7&rows.day=2026-11-10';

let url: string;
let browser: Browser;
let database: Database;
beforeAll(async () => {
  const [fresh, started] = await Promise.all([freshDatabase(), startBrowser()]);
  database = fresh;
  browser = started;
  await insertStory(database);
  url = await serveDashboard(database);
});

async function open(rows: string, options: PageOptions = {}): Promise<Page> {
  const page = await openPage(browser, `${url}/?${PERIOD}&${rows}`, options);
  await page.locator('.story .event, .drawer tbody tr').first().waitFor();
  return page;
}

const texts = (page: Page, where: string) => page.locator(where).allInnerTexts();

test('a story says why a session took 15 hours: who waited, when nobody was there, who resolved it, and that it came back', async () => {
  const page = await open(STORY);
  expect(
    await texts(page, '.story .event:first-of-type .told, .event[data-kind="session"] >> nth=0 >> .told'),
  ).toEqual([
    'Resolved by Dewi Lestari after 15 h 00 min (30 min in working hours).',
    'Reopened 25 h 30 min later.',
    'The customer waited 14 h 50 min (20 min in working hours), the team waited 10 min, the longest silence took 14 h 30 min.',
  ]);
  expect(await texts(page, '.story .gap')).toEqual([
    'No one for 14 h 30 min (none of it in working hours)',
    'No one for 25 h 30 min (8 h 00 min in working hours)',
  ]);
  expect(await texts(page, '.story .new-day')).toEqual(['Mon 9 Nov', 'Tue 10 Nov', 'Wed 11 Nov']);
  const times = await texts(page, '.event time');
  expect(times).toEqual([
    '16:30:00',
    '16:30:01',
    '16:31:00',
    '16:40:00',
    '16:50:00',
    '16:51:00',
    '17:00:00',
    '07:30:00',
    '09:00:00',
  ]);
  const last = page.locator('.event').last();
  expect(await last.locator('.said').textContent()).toBe('No text, image');
  expect(await last.locator('.told').first().textContent()).toMatch(/^Open for \d+ d \d+ h\.$/);
});

test('a text that is hostile stays a text, in its own place, and its name shows every sign', async () => {
  const page = await open(STORY, { width: 360 });
  expect(await page.locator('.drawer b, .drawer img').count()).toBe(0);
  const said = page.locator('.event', { hasText: 'onerror' }).locator('.said');
  expect(await said.textContent()).toMatch(/x…$/);
  expect(await said.evaluate((one) => one.scrollWidth <= one.clientWidth)).toBe(true);
  expect(await page.locator('.event bdi').first().textContent()).toBe('Ani \\u202eBudi <b>Customer</b>');
  expect(await page.locator('html').evaluate((html) => html.scrollWidth)).toBe(360);
});

describe('the way there', () => {
  test.each(['session-list', 'resolution-list', 'backlog-list'])(
    'each row of %s leads to its story, the back button to the row',
    { tags: 'long' },
    async (list) => {
      const page = await open(`rows=${list}`);
      const row = page.locator('.drawer tbody th a').first();
      await row.click();
      await page.getByRole('dialog', { name: 'The story of a room' }).waitFor();
      await page.locator('.event[aria-current="true"]').waitFor();
      const shared = await openPage(browser, page.url());
      await shared.locator('.event[aria-current="true"]').waitFor();
      await page.goBack();
      await row.waitFor();
      await eventually(async () =>
        expect(await row.evaluate((one) => one === one.ownerDocument.activeElement)).toBe(true),
      );
      await page.keyboard.press('Escape');
      await page.getByRole('dialog').waitFor({ state: 'hidden' });
      await page.waitForURL(`${url}/?${PERIOD}`);
    },
  );

  test('from a room to the customer and the agent, from day to day, and to the room again', {
    tags: 'long',
  }, async () => {
    const page = await open(STORY);
    await page.getByRole('link', { name: 'Customer’s day' }).first().click();
    await page.getByRole('dialog', { name: 'A customer’s day' }).waitFor();
    await eventually(async () => expect(await page.locator('.event').count()).toBe(7));
    await page.getByRole('link', { name: 'The day after' }).click();
    await eventually(async () =>
      expect(await texts(page, '.event-head > .kind')).toEqual(['Dewi Lestari resolved it']),
    );
    await page.goBack();
    await page.goBack();
    await page.getByRole('link', { name: 'Agent’s day' }).click();
    await eventually(async () =>
      expect(await texts(page, '.event-head > .kind')).toEqual([
        'Dewi Lestari resolved it, of Ani \\u202eBudi <b>Customer</b>',
        'Dewi Lestari logged out',
      ]),
    );
    expect(await texts(page, '.gap')).toEqual(['Nothing of theirs for 9 h 30 min']);
    await page.getByRole('link', { name: 'Room' }).click();
    await page.locator('.event[aria-current="true"]').waitFor();
    await page.getByRole('link', { name: '30 days more before' }).click();
    await eventually(async () => expect(page.url()).toContain('rows.from=2026-10-10'));
    await eventually(async () => expect(await page.locator('.event').count()).toBe(9));
  });

  test('with the keyboard: from event to event, and a payload with every digit of its numbers', async () => {
    const page = await open(STORY);
    await page.getByRole('region', { name: 'The story of a room (events)' }).focus();
    const focused = page.locator(':focus');
    for (const key of ['ArrowDown', 'ArrowDown', 'End', 'ArrowUp']) await page.keyboard.press(key);
    expect(await focused.getAttribute('aria-label')).toBe('Payload of Resolved, 07:30:00');
    await page.keyboard.press('Enter');
    const payload = page.locator('.payload pre');
    await payload.waitFor();
    expect(await payload.textContent()).toBe(
      '{\n  "id": 12345678901234567890,\n  "text": "\\u202eevil",\n  "empty": {},\n  "list": [\n    1,\n    "two"\n  ]\n}',
    );
    await page.keyboard.press('Enter');
    expect(await payload.count()).toBe(0);
    await page.keyboard.press('Home');
    await page.keyboard.press('Enter');
    await page.getByText('The event is not stored, or no longer.').waitFor();
  });
});

test('the payload has an address of its own', async () => {
  const page = await openPage(browser, `${url}/?${PERIOD}&rows=event-payload&rows.event=a9`);
  await page.getByRole('dialog', { name: 'What the vendor sent' }).waitFor();
  expect(await page.locator('.payload pre').textContent()).toContain('12345678901234567890');
});

const LOOKS = [
  { width: 1440, colorScheme: 'light' },
  { width: 1440, colorScheme: 'dark' },
  { width: 360, colorScheme: 'dark' },
] as const;

test.each(LOOKS)(
  'axe finds nothing at a width of $width, $colorScheme, and nothing runs out of the screen',
  { tags: 'long' },
  async (look) => {
    for (const [name, rows] of Object.entries({
      story: STORY,
      'customer-day': CUSTOMER,
      'agent-day': AGENT,
    })) {
      const page = await open(rows, look);
      await screenshot(page, `${name}-${look.width}-${look.colorScheme}`, false);
      if (name === 'story') await page.locator('.event[data-kind="resolution"] .payload-button').click();
      if (name === 'story') await page.locator('.payload pre').scrollIntoViewIfNeeded();
      if (name === 'story') await screenshot(page, `payload-${look.width}-${look.colorScheme}`, false);
      expect(await findings(page), name).toEqual([]);
      expect(await page.locator('html').evaluate((html) => html.scrollWidth)).toBe(look.width);
    }
  },
);

test('what is no longer kept is said: of messages before the story, of a payload in its place', {
  tags: 'long',
}, async () => {
  const values = "('events_rows', 202610, now64(3)), ('messages_rows', 202610, now64(3))";
  await database.client.command({ query: `INSERT INTO dropped_partitions VALUES ${values}` });
  // Answers that were kept know nothing of it.
  const served = await serveDashboard(database);
  const page = async (query: string) => openPage(browser, `${served}/?${PERIOD}&tz=UTC&${query}`);
  const story = await page(STORY.replace('rows.from=2026-11-08', 'rows.from=2026-10-08'));
  await story.locator('.story .event').first().waitFor();
  expect(await texts(story, '.not-kept')).toEqual(['Messages before 2026-11-01 00:00 are no longer kept.']);
  const later = await page(STORY);
  await later.locator('.story .event').first().waitFor();
  expect(await texts(later, '.not-kept')).toEqual([]);
  const payload = await page('rows=event-payload&rows.event=gone&rows.from=2026-10-08&rows.to=2026-10-09');
  await payload
    .getByText('Payloads of events received before 2026-11-01 00:00 are no longer kept.')
    .waitFor();
});
