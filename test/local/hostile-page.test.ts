import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { chromium, type Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { CHROMIUM } from '../dashboard/browser.ts';
import { undoAfterwards } from '../support/clean-up.ts';
import { emptyDatabase } from '../support/clickhouse.ts';
import { sharedClickHouse, testDir } from '../support/shared.ts';

/** A web page that the developer opens while the pipeline runs on the same machine. */
test('a page of another site writes nothing and reads nothing, by DNS rebinding either', async () => {
  const database = await emptyDatabase();
  await database.client.command({ query: 'CREATE TABLE t (a String) ENGINE = MergeTree ORDER BY a' });
  await database.client.command({ query: `INSERT INTO t SELECT 'secret'` });
  const clickHouse = new URL(await sharedClickHouse());
  const dir = await testDir('hostile');
  const site = createServer((_, response) => {
    response.setHeader('content-type', 'text/html');
    response.end('<title>hostile</title><iframe name="away"></iframe>');
  });
  site.listen(0, '127.0.0.1');
  await once(site, 'listening');
  undoAfterwards(async () => void site.close());
  const rebound = `rebound.example:${clickHouse.port}`;
  const browser = await chromium.launch({
    ...CHROMIUM,
    args: [...CHROMIUM.args, '--host-resolver-rules=MAP *.example 127.0.0.1'],
  });
  undoAfterwards(() => browser.close());
  const page = await browser.newPage();
  await page.goto(`http://evil.example:${(site.address() as AddressInfo).port}/`);

  const read = await attackFrom(page, {
    clickHouse: clickHouse.origin,
    table: `${database.name}.t`,
    dir,
  });
  // By rebinding, the page's own name leads to ClickHouse: it is then of the same site, and may read answers.
  const response = await page.goto(`http://${rebound}/?query=SELECT+a+FROM+${database.name}.t`);
  expect([read, response?.status(), (await page.content()).includes('secret')]).toEqual([[], 403, false]);
  const rebounded = await attackFrom(page, {
    clickHouse: `http://${rebound}`,
    table: `${database.name}.t`,
    dir,
  });
  expect(rebounded.filter((text) => text.includes('secret'))).toEqual([]);
  expect(await database.rows('SELECT a FROM t')).toEqual([{ a: 'secret' }]);
  expect(existsSync(join(dir, 'written'))).toBe(false);
});

/** Has the page try each way that it has to send a request (hostile-page.js). @returns what it could read */
async function attackFrom(page: Page, options: { clickHouse: string; table: string; dir: string }) {
  await page.addScriptTag({ path: join(import.meta.dirname, 'hostile-page.js') });
  const read: unknown = await page.evaluate(`attack(${JSON.stringify(options)})`);
  if (!Array.isArray(read)) throw new Error('The page did not say what it read');
  return read.map(String);
}
