import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import axe, { type AxeResults } from 'axe-core';
import { type Browser, chromium, type Locator, type Page } from 'playwright-core';
import { expect } from 'vitest';
import { undoAfterwards } from '../support/clean-up.ts';
import { ROOT } from '../support/environment.ts';
import { eventually } from '../support/eventually.ts';

/** Where screenshots are kept, to be looked at. */
const OUTPUT = join(ROOT, 'test', 'output', 'dashboard');

// Debian's; nothing that reaches out of this machine.
export const CHROMIUM = {
  executablePath: '/usr/bin/chromium',
  args: [
    '--no-sandbox',
    '--disable-gpu',
    '--disable-quic',
    '--no-first-run',
    '--disable-background-networking',
    '--disable-component-update',
    '--disable-sync',
  ],
};

export interface PageOptions {
  readonly width?: number;
  readonly colorScheme?: 'light' | 'dark';
  /** Done with the page before it goes to the URL. */
  readonly before?: (page: Page) => Promise<void>;
}

/** A browser for a test file; closed after it. */
export async function startBrowser(): Promise<Browser> {
  const browser = await chromium.launch(CHROMIUM);
  undoAfterwards(() => browser.close());
  return browser;
}

/** A page of its own, closed after the test, which fails when the page wrote an error to its console. */
export async function openPage(browser: Browser, url: string, options: PageOptions = {}): Promise<Page> {
  const { width = 1440, colorScheme = 'light', before } = options;
  const viewport = { width, height: 900 };
  const context = await browser.newContext({ viewport, colorScheme, locale: 'en-GB', timezoneId: 'UTC' });
  const page = await context.newPage();
  const errors: string[] = [];
  page.on('console', (message) => void (message.type() === 'error' && errors.push(message.text())));
  page.on('pageerror', (error) => void errors.push(error.message));
  undoAfterwards(async () => {
    await context.close();
    // That an answer was an error is what the page is told, and shows; the browser writes it down besides.
    expect(errors.filter((error) => !error.startsWith('Failed to load resource'))).toEqual([]);
  });
  await before?.(page);
  await page.goto(url);
  return page;
}

/** Waits until every card shows an answer, and the charts are drawn. */
export async function settled(page: Page): Promise<void> {
  await page.locator('.card[aria-busy="false"]').nth(6).waitFor();
  await eventually(async () => expect(await page.locator('.card[aria-busy="true"]').count()).toBe(0));
  // Chart.js gives a canvas that it draws on a size in its style.
  await eventually(async () => expect(await page.locator('canvas:not([style])').count()).toBe(0));
}

/** Keeps what the page looks like, to its end; or what the window shows, for what lies over the page. */
export async function screenshot(page: Page, name: string, fullPage = true): Promise<void> {
  await mkdir(OUTPUT, { recursive: true });
  await page.screenshot({ path: join(OUTPUT, `${name}.png`), fullPage });
}

/** The texts of a table: headings, then rows. */
export async function tableTexts(page: Page, card: string): Promise<string[][]> {
  const rows = await page.locator(`${card} tr`).all();
  const texts = rows.map((row) => row.locator('th, td').allInnerTexts());
  return (await Promise.all(texts)).map((row) => row.map((text) => text.replace(/\s+/g, ' ').trim()));
}

/** A control of the form that chooses what is shown. */
export function filter(page: Page, name: 'period' | 'from' | 'through' | 'app' | 'channel' | 'tz'): Locator {
  return page.locator(`#filters [name="${name}"]`);
}

/** What axe finds, of every rule that it has on by default: rule and place. */
export async function findings(page: Page): Promise<string[]> {
  await page.evaluate(axe.source);
  // Without this, a quarter of axe's time goes into telling of all that is well.
  const { violations } = await page.evaluate<AxeResults>("axe.run({ resultTypes: ['violations'] })");
  return violations.flatMap(({ id, nodes }) => nodes.map(({ target }) => `${id}: ${target.join(' ')}`));
}
