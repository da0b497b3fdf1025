import { expect, test } from 'vitest';
import type { Layout } from '../../worker/outbox/layout/layout.ts';
import { type OutboxStatus, statusOf } from '../../worker/outbox/status.ts';
import { Store } from '../../worker/outbox/store.ts';
import { outboxStatus } from '../../worker/status.ts';
import { sqliteStorage } from './sqlite-storage.ts';

/** What /status names when the apps' records say this, for two shards, and outboxes that do not answer. */
async function listed(
  layouts: Readonly<Record<string, () => Promise<Layout | undefined>>>,
  silent: readonly string[] = [],
): Promise<string[]> {
  const storage = sqliteStorage();
  const store = new Store(storage, { maxBytes: 1_000_000, dedupMs: 1_000 });
  const status = async (name: string): Promise<OutboxStatus> => {
    if (silent.includes(name)) throw new Error('gone');
    return statusOf(store, name, 0);
  };
  const records = { getByName: (app: string) => ({ layout: layouts[app] ?? (async () => undefined) }) };
  const tokens = Object.fromEntries(Object.keys(layouts).map((app) => [app, ['a-token']]));
  const settings = { WEBHOOK_TOKENS: tokens, OUTBOX_SHARDS: 2 };
  const { outboxes } = await outboxStatus({ outboxes: { getByName: () => ({ status }) }, records }, settings);
  storage.close();
  return outboxes.map((each) => ('unavailable' in each ? `${each.outbox}, silent` : each.outbox));
}

test('an app that no event came for yet has the outboxes of the settings', async () => {
  expect(await listed({ a: async () => undefined })).toEqual(['a/0', 'a/1']);
});

test('outboxes of every layout there was are listed, whatever the settings say now', async () => {
  const larger = async () => ({ generation: 3, shards: 1, earlier: [{ shards: 4, endedMs: 1 }] });
  const smaller = async () => ({ generation: 1, shards: 3, earlier: [] });
  expect(await listed({ a: larger, b: smaller })).toEqual(['a/0', 'a/1', 'a/2', 'a/3', 'b/0', 'b/1', 'b/2']);
});

test('what does not answer is told: one outbox, or the record that names them', async () => {
  const gone = () => Promise.reject(new Error('gone'));
  expect(await listed({ a: async () => undefined, b: gone }, ['a/1'])).toEqual([
    'a/0',
    'a/1, silent',
    'b/0',
    'b/1',
    'b/*, silent',
  ]);
});
