import { readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, expect, test } from 'vitest';
import { readSettings } from '../../worker/config.ts';
import { runScript } from '../support/programs.ts';
import { testDir } from '../support/shared.ts';

let file: string;
beforeEach(async () => {
  file = join(await testDir('tokens'), 'tokens.json');
});

interface Stored {
  readonly apps: Record<string, { token: string; added: string }[]>;
}

const stored = async (): Promise<Stored> => JSON.parse(await readFile(file, 'utf8'));

/** Runs the command; it never shows a token where nobody sits before it. */
async function tokens(...args: string[]): Promise<{ code: number; text: string }> {
  const run = await runScript('operate/tokens/main.ts', {}, [...args, '--file', file]).then(
    ({ stdout, stderr }) => ({ code: 0, text: stdout + stderr }),
    ({ code, stdout, stderr }) => ({ code, text: stdout + stderr }),
  );
  const { apps } = await stored().catch(() => ({ apps: {} }) as Stored);
  for (const token of Object.values(apps)
    .flat()
    .map((each) => each.token ?? each))
    expect(run.text).not.toContain(token);
  return run;
}

const prints = async (): Promise<string[]> =>
  JSON.parse((await tokens('list', '--json')).text).tokens.map(({ print }: { print: string }) => print);

test('a token that is added is strong, stands in a file for its owner alone, and is one that the Worker takes', async () => {
  expect((await tokens('add', '--app', 'demo')).text).toContain('A token for demo');
  await tokens('add', '--app', 'shop');
  const { apps } = await stored();
  const all = Object.values(apps).flat();
  expect(new Set(all.map(({ token }) => token.length))).toEqual(new Set([43]));
  expect((await stat(file)).mode & 0o777).toBe(0o600);
  const secret = Object.fromEntries(
    Object.entries(apps).map(([app, list]) => [app, list.map(({ token }) => token)]),
  );
  const settings = {
    WEBHOOK_TOKENS: JSON.stringify(secret),
    ADMIN_TOKEN: 'another-one',
    KAFKA_BROKERS: 'kafka:9092',
  };
  expect(Object.keys(readSettings(settings).WEBHOOK_TOKENS)).toEqual(['demo', 'shop']);
});

test('a rotation has both tokens at once, and removes the old one alone', { tags: 'long' }, async () => {
  await tokens('add', '--app', 'demo');
  const [old = ''] = await prints();
  await tokens('add', '--app', 'demo');
  expect(await prints()).toHaveLength(2);
  expect((await tokens('remove', old)).code).toBe(0);
  expect(await prints()).toHaveLength(1);
  expect(await prints()).not.toContain(old);
});

test('the last token of an app goes only when that is meant', { tags: 'long' }, async () => {
  await tokens('add', '--app', 'demo');
  const [last = ''] = await prints();
  const refused = await tokens('remove', last);
  expect(refused).toMatchObject({ code: 1, text: expect.stringContaining('last token of demo') });
  expect(await prints()).toEqual([last]);
  expect((await tokens('remove', last, '--last')).code).toBe(0);
  expect((await tokens('list')).text).toContain('No tokens in');
});

test.each([
  ['an app that no URL can name', ['add', '--app', 'a b'], 'An app is named by'],
  ['a print that no token has', ['remove', 'deadbeef'], 'No token has the print deadbeef'],
])('%s is refused in words', async (_, args, told) => {
  expect(await tokens(...args)).toMatchObject({ code: 1, text: expect.stringContaining(told) });
});

test('a file that holds something else is left as it is', async () => {
  await writeFile(file, '{"apps":{"demo":["a-token-in-the-wrong-form"]}}');
  const run = await tokens('add', '--app', 'demo').catch(() => undefined);
  expect(run).toMatchObject({ code: 1, text: expect.stringContaining('is no file of tokens') });
  expect(run?.text).not.toContain('a-token-in-the-wrong-form');
  expect(await readFile(file, 'utf8')).toContain('a-token-in-the-wrong-form');
});
