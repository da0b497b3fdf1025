import { readFile } from 'node:fs/promises';
import type { Browser, Page } from 'playwright-core';
import { beforeAll, describe, expect, test } from 'vitest';
import type { Database } from '../support/clickhouse.ts';
import { parseCsv } from '../support/csv.ts';
import { eventually } from '../support/eventually.ts';
import { filter, openPage, screenshot, settled, startBrowser, tableTexts } from './browser.ts';
import { databaseOfAWeek, WEEK_PAGE } from './insert.ts';
import { serveDashboard } from './serve.ts';

let database: Database;
let url: string;
let browser: Browser;
beforeAll(async () => {
  [database, browser] = await Promise.all([databaseOfAWeek(), startBrowser()]);
  url = await serveDashboard(database);
});

const week = (more = '') => `${url}/?${WEEK_PAGE}&app=demo${more}`;

/** How many rows the panel says it has. */
async function rowsOpened(page: Page): Promise<number> {
  const lead = await page.locator('#drawer .lead strong').textContent();
  return Number.parseInt(lead ?? '', 10);
}

describe('the answers', () => {
  test('which channel keeps customers waiting longest, and who resolves most, stands first and is right', async () => {
    const [channel] = await database.rows<{ channel: string }>(
      `SELECT channel FROM session_outcomes WHERE app_id = 'demo' GROUP BY channel
       ORDER BY quantileExactInclusiveOrNull(0.5)(seconds_to_resolve) DESC LIMIT 1`,
    );
    const [agent] = await database.rows<{ agent_name: string; resolutions: string }>(
      `SELECT agent_name, toString(count()) AS resolutions FROM resolutions WHERE app_id = 'demo'
       GROUP BY agent_name ORDER BY count() DESC LIMIT 1`,
    );
    const page = await openPage(browser, week());
    await settled(page);
    expect(channel).toEqual({ channel: 'ig' });
    const answers = page.locator('.answer');
    expect(await answers.nth(0).textContent()).toMatch('keeps customers waiting longest?Instagram');
    expect(await answers.nth(1).textContent()).toMatch(
      `Who resolves most?${agent?.agent_name}${agent?.resolutions} of `,
    );
    await screenshot(page, 'desktop-light');
  });

  test('what the webhooks cannot tell is said', async () => {
    const page = await openPage(browser, week());
    const limits = page.getByRole('region', { name: 'What these webhooks cannot tell' });
    for (const what of ['First response', 'Assignment', 'Hours online']) {
      expect(await limits.textContent()).toMatch(what);
    }
  });

  test('how fresh the data is, and up to when it is complete, is said', async () => {
    const page = await openPage(browser, week());
    const freshness = page.getByRole('region', { name: 'How fresh the data is' });
    await freshness.getByText('Complete up to Sun 15 Nov').waitFor();
    expect(await freshness.textContent()).toMatch(/Last event \d+ d \d+ h ago/);
  });
});

describe('the view', () => {
  test('each filter goes to the URL, the URL gives the same view, and the back button leads back', {
    tags: 'long',
  }, async () => {
    const page = await openPage(browser, week());
    await settled(page);
    const sessions = page.locator('.tile-value').first();
    const before = await sessions.textContent();
    await filter(page, 'channel').selectOption('wa');
    await page.waitForURL(/channel=wa/);
    await filter(page, 'tz').selectOption('Asia/Makassar');
    await page.waitForURL(/tz=Asia%2FMakassar/);
    await eventually(async () => expect(await sessions.textContent()).not.toBe(before));
    await settled(page);
    const narrowed = await sessions.textContent();
    const same = await openPage(browser, page.url());
    await settled(same);
    expect(await same.locator('.tile-value').first().textContent()).toBe(narrowed);
    expect(await filter(same, 'channel').inputValue()).toBe('wa');
    expect(await page.locator('#says').textContent()).toBe('The numbers are there');
    await page.goBack();
    await page.goBack();
    await page.waitForURL(week());
    await eventually(async () => expect(await sessions.textContent()).toBe(before));
    expect(await filter(page, 'channel').inputValue()).toBe('');
  });

  test('days can be chosen, from the first to the end of the last', async () => {
    const page = await openPage(browser, week());
    await filter(page, 'from').fill('2026-11-10');
    await filter(page, 'through').fill('2026-11-10');
    await page.waitForURL(/from=2026-11-10&through=2026-11-10/);
    const [day] = await database.rows<{ sessions: string }>(
      `SELECT toString(count()) AS sessions FROM sessions WHERE app_id = 'demo' AND toDate(occurred_at, 'Asia/Jakarta') = '2026-11-10'`,
    );
    await eventually(async () =>
      expect(await page.locator('.tile-value').first().textContent()).toBe(day?.sessions),
    );
  });
});

describe('the rows behind', () => {
  test('a count of every kind opens as many rows as it says', { tags: 'long' }, async () => {
    const page = await openPage(browser, week());
    await settled(page);
    await page.getByRole('button', { name: 'over time: as a table' }).click();
    await page.getByRole('button', { name: 'takes to resolve: as a table' }).click();
    // Customers are counted once each, however many of their resolutions are behind the number.
    const counts = page.locator('main :not(#agents td:nth-child(6)) > a.number, .heat-map a[href]');
    const links = await counts.evaluateAll((all) =>
      all.map((one) => ({
        href: one.getAttribute('href') ?? '',
        count: Number(one.textContent?.replaceAll(',', '')),
        part: one.closest('section, dl')?.id,
      })),
    );
    const numbers = links.filter(({ count }) => Number.isInteger(count));
    expect(new Set(numbers.map(({ part }) => part)).size).toBe(7);
    // Of each part and each kind of filter two: all of them would be some hundred queries.
    const kinds = Map.groupBy(
      numbers,
      ({ part, href }) =>
        `${part} ${href.replaceAll(/(agent|hour|weekday|seconds|from|to|channel)=[^&]+/g, '$1')}`,
    );
    const chosen = [...kinds.values()].flatMap((some) => some.slice(0, 2));
    for (const { href, count } of chosen) expect(await rowsBehind(href), href).toBe(count);
  });

  test('a number opens them in a panel that the URL holds, and Escape leads back to it', async () => {
    const page = await openPage(browser, week());
    await settled(page);
    const link = page.locator('#channels tbody tr').first().locator('a').nth(3);
    const text = await link.textContent();
    await link.click();
    await page.getByRole('dialog', { name: 'Sessions' }).waitFor();
    await page.locator('#drawer table').waitFor();
    expect(await rowsOpened(page)).toBe(Number(text));
    expect(await page.locator('#drawer .chip').allInnerTexts()).toContain('Instagram');
    expect(page.url()).toMatch('rows=session-list');
    await screenshot(page, 'rows-behind', false);
    const shared = await openPage(browser, page.url());
    await shared.getByRole('dialog', { name: 'Sessions' }).waitFor();
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'hidden' });
    await page.waitForURL(week());
    await eventually(async () =>
      expect(await link.evaluate((one) => one === one.ownerDocument.activeElement)).toBe(true),
    );
  });

  test('a bar of a chart opens them', { tags: 'long' }, async () => {
    const page = await openPage(browser, week());
    await settled(page);
    const chart = page.locator('#spread canvas');
    const { width = 0, height = 0 } = (await chart.boundingBox()) ?? {};
    await chart.click({ position: { x: width * 0.3, y: height * 0.7 } });
    await page.getByRole('dialog', { name: 'Sessions' }).waitFor();
    expect(page.url()).toMatch(/rows.min_seconds=\d+&rows.max_seconds=\d+/);
  });

  test('every other question of the library opens as a table', { tags: 'long' }, async () => {
    const page = await openPage(browser, week());
    await page.getByRole('link', { name: 'Which customers return most?' }).click();
    await page.getByRole('dialog', { name: 'Which customers return most?' }).waitFor();
    await page.locator('#drawer tbody tr').first().waitFor();
  });
});

/** How many rows the panel of a link gets. */
async function rowsBehind(href: string): Promise<number> {
  const params = new URLSearchParams(href.slice(href.indexOf('?')));
  const asked = new URLSearchParams({ app: 'demo', from: '2026-11-09', to: '2026-11-16' });
  for (const [name, value] of params)
    if (name.startsWith('rows.')) asked.set(name.slice('rows.'.length), value);
  const response = await fetch(`${url}/api/queries/${params.get('rows')}?${asked}`);
  const { rows } = (await response.json()) as { rows: unknown[] };
  return rows.length;
}

describe('tables', () => {
  test('the CSV says the same as the table', async () => {
    const page = await openPage(browser, week());
    await settled(page);
    const download = page.waitForEvent('download');
    await page.getByRole('link', { name: 'Agents: who resolves most: download as CSV' }).click();
    const [head = [], ...lines] = parseCsv(await readFile(await (await download).path(), 'utf8'));
    const [, ...shown] = await tableTexts(page, '#agents');
    const of = (line: string[], column: string) => line[head.indexOf(column)] ?? '';
    const minutes = (seconds: number) => {
      const [hours, rest] = [Math.floor(seconds / 3600), String(Math.floor((seconds % 3600) / 60))];
      return hours === 0 ? `${rest} min` : `${hours} h ${rest.padStart(2, '0')} min`;
    };
    const role = (line: string[]) => (of(line, 'agent_role') === 'agent' ? '' : ` ${of(line, 'agent_role')}`);
    expect(shown.map((row) => [row[0], row[1], row[3], row[7]])).toEqual(
      lines.map((line) => [
        of(line, 'agent') + role(line),
        of(line, 'resolutions'),
        minutes(Number(of(line, 'median_seconds_to_resolve'))),
        `${Number((Number(of(line, 'reopened_share')) * 100).toFixed(1))}%`,
      ]),
    );
  });

  test('a click on a heading sorts, says so, and the next turns it round', async () => {
    const page = await openPage(browser, week());
    await settled(page);
    const heading = page.locator('#agents th', { hasText: 'Agent' }).first();
    const names = () =>
      page.locator('#agents tbody th').evaluateAll((all) => all.map((one) => one.textContent ?? ''));
    await heading.getByRole('button').click();
    expect(await heading.getAttribute('aria-sort')).toBe('ascending');
    const ascending = await names();
    expect(ascending).toEqual(ascending.toSorted());
    await page.keyboard.press('Enter');
    expect(await heading.getAttribute('aria-sort')).toBe('descending');
    expect(await names()).toEqual(ascending.toReversed());
  });
});

describe('for everyone', () => {
  test('with the keyboard: past the filters, along the heat map, into the rows', async () => {
    const page = await openPage(browser, week());
    await settled(page);
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    const focused = page.locator(':focus');
    expect(await focused.getAttribute('id')).toBe('main');
    await page.locator('.heat-map [tabindex="0"]').focus();
    for (const key of ['ArrowDown', ...Array(10).fill('ArrowRight')]) await page.keyboard.press(key);
    expect(await focused.getAttribute('aria-label')).toMatch(/^Tuesday 10:00–11:00: \d+ sessions$/);
    await page.keyboard.press('Enter');
    await page.waitForURL(/rows.weekday=2&rows.hour=10/);
    expect(await focused.textContent()).toBe('Sessions');
  });

  test('with a screen reader: every part has a name, and each chart has its numbers as words and as a table', async () => {
    const page = await openPage(browser, week());
    await settled(page);
    for (const role of ['banner', 'main', 'contentinfo'] as const)
      expect(await page.getByRole(role).count()).toBe(1);
    for (const canvas of await page.locator('canvas').all()) {
      expect(await canvas.getAttribute('aria-label')).toMatch(/\d/);
    }
    const button = page.getByRole('button', { name: 'over time: as a table' });
    await button.click();
    expect(await button.getAttribute('aria-pressed')).toBe('true');
    expect(await page.locator('#activity tbody tr').count()).toBe(7);
    const unnamed = await page
      .locator('a, button, select, input')
      .evaluateAll(
        (all) =>
          all.filter((one) => !one.textContent && !one.getAttribute('aria-label') && !('labels' in one))
            .length,
      );
    expect(unnamed).toBe(0);
  });

  test('in the dark: as the system has it, or as was chosen, also after a reload', {
    tags: 'long',
  }, async () => {
    const page = await openPage(browser, week(), { colorScheme: 'dark' });
    await settled(page);
    const ground = () =>
      page
        .locator('body')
        .evaluate((body) => body.ownerDocument.defaultView?.getComputedStyle(body).backgroundColor);
    expect(await ground()).toBe('rgb(15, 20, 27)');
    await screenshot(page, 'desktop-dark');
    await page.getByRole('button', { name: 'Theme: as the system' }).click();
    expect(await ground()).toBe('rgb(245, 246, 248)');
    await page.reload();
    expect(await ground()).toBe('rgb(245, 246, 248)');
  });

  test.each(['light', 'dark'] as const)(
    'on a phone, %s: nothing runs out of the screen',
    async (colorScheme) => {
      const page = await openPage(browser, week(), { width: 360, colorScheme });
      await settled(page);
      await screenshot(page, `phone-${colorScheme}`);
      const width = () => page.locator('html').evaluate((html) => html.scrollWidth);
      expect(await width()).toBe(360);
      await page.locator('#agents tbody a').first().click();
      await page.locator('#drawer table').waitFor();
      expect(await width()).toBe(360);
      await page.getByRole('button', { name: 'Close' }).click();
      await page.getByRole('dialog').waitFor({ state: 'hidden' });
    },
  );
});
