import { createServer } from 'node:net';
import { Registry } from 'prom-client';
import { expect, test } from 'vitest';
import { clickHouseClient } from '../../consumer/persist/clickhouse.ts';
import { BooksMetrics } from '../../consumer/watch/books.ts';
import { freePort } from '../../local/ports.ts';
import { undoAfterwards } from '../support/clean-up.ts';

/** A scrape of the books' metrics from a ClickHouse on this port. */
async function scrape(port: number): Promise<string> {
  const registry = new Registry();
  const target = { url: `http://127.0.0.1:${port}`, username: 'default', password: '', database: 'qiscus' };
  const client = clickHouseClient(target);
  undoAfterwards(() => client.close());
  await new BooksMetrics(client, registry).refresh();
  return registry.metrics();
}

test('the metrics are answered without ClickHouse, and say that the books were never read', async () => {
  expect(await scrape(await freePort())).toContain('qiscus_audit_timestamp_seconds 0');
});

test('the metrics are answered while ClickHouse takes the question and does not answer', async () => {
  const silent = createServer((socket) => socket.on('error', () => {}));
  const port = await freePort();
  await new Promise<void>((resolve) => silent.listen(port, '127.0.0.1', resolve));
  undoAfterwards(() => void silent.close());
  expect(await scrape(port)).toContain('qiscus_audit_timestamp_seconds 0');
});
