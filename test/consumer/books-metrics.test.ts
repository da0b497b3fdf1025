import { createServer, type ServerResponse } from 'node:http';
import { type AddressInfo, createServer as createSocketServer } from 'node:net';
import { Registry } from 'prom-client';
import { describe, expect, test } from 'vitest';
import { clickHouseClient } from '../../consumer/persist/clickhouse.ts';
import { BooksMetrics } from '../../consumer/watch/books.ts';
import { restMs } from '../../consumer/watch/pace.ts';
import { freePort } from '../../local/ports.ts';
import { undoAfterwards } from '../support/clean-up.ts';
import { eventually } from '../support/eventually.ts';

/** The books' metrics from a ClickHouse on this port, by a clock that the test turns. */
function metricsFrom(port: number) {
  const registry = new Registry();
  const target = { url: `http://127.0.0.1:${port}`, username: 'default', password: '', database: 'qiscus' };
  const client = clickHouseClient(target);
  undoAfterwards(() => client.close());
  const clock = { ms: 0 };
  const books = new BooksMetrics(client, registry, { nowMs: () => clock.ms });
  return { registry, clock, refresh: () => books.refresh() };
}

async function scrape(port: number): Promise<string> {
  const { registry, refresh } = metricsFrom(port);
  await refresh();
  return registry.metrics();
}

/** A ClickHouse that leaves each question open until the test answers it. */
async function heldServer() {
  const asked: { readonly url: string; readonly response: ServerResponse }[] = [];
  const server = createServer((request, response) => {
    request.resume();
    asked.push({ url: request.url ?? '', response });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  undoAfterwards(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  /** Answers the newest question, once there are so many, with no rows or with an error. */
  const answer = async (questions: number, status = 200) => {
    await eventually(() => expect(asked).toHaveLength(questions));
    asked.at(-1)?.response.writeHead(status).end();
  };
  return { port, asked, answer };
}

test('the metrics are answered without ClickHouse, and say that the books were never read', async () => {
  const text = await scrape(await freePort());
  expect(text).toContain('qiscus_audit_timestamp_seconds 0');
  expect(text).toContain('qiscus_audit_failures_total 1');
});

test('the metrics are answered while ClickHouse takes the question and does not answer', async () => {
  const silent = createSocketServer((socket) => socket.on('error', () => {}));
  const port = await freePort();
  await new Promise<void>((resolve) => silent.listen(port, '127.0.0.1', resolve));
  undoAfterwards(() => void silent.close());
  expect(await scrape(port)).toContain('qiscus_audit_timestamp_seconds 0');
});

/** Three that keep the books, of which none is behind, then one for each figure. */
const QUESTIONS = 7;

describe('the books are never a load', () => {
  test('while they are read, no scrape begins to read them again, however long that takes', async () => {
    const { port, asked, answer } = await heldServer();
    const { clock, refresh } = metricsFrom(port);
    await Promise.all([refresh(), refresh()]);
    clock.ms += 3_600_000;
    await refresh();
    expect(asked).toHaveLength(1);
    for (let question = 1; question <= QUESTIONS; question++) await answer(question);
  });

  test('the server itself ends a question that takes too long', async () => {
    const { port, asked } = await heldServer();
    await metricsFrom(port).refresh();
    const { searchParams } = new URL(asked[0]?.url ?? '', 'http://localhost');
    expect(Number(searchParams.get('max_execution_time'))).toBeGreaterThan(0);
    expect(searchParams.get('cancel_http_readonly_queries_on_client_close')).toBe('1');
  });

  test('what took long is not read again for twenty times as long, and its age is told meanwhile', async () => {
    const { port, asked, answer } = await heldServer();
    const { registry, clock, refresh } = metricsFrom(port);
    const first = refresh();
    clock.ms += 12_000;
    for (let question = 1; question <= QUESTIONS; question++) await answer(question);
    await first;
    await eventually(async () =>
      expect(await registry.metrics()).toContain('qiscus_audit_duration_seconds 12'),
    );
    const readAt = await registry.getSingleMetricAsString('qiscus_audit_timestamp_seconds');
    clock.ms += 239_000;
    await refresh();
    expect(asked).toHaveLength(QUESTIONS);
    clock.ms += 1_000;
    await refresh();
    // What keeps the books, and what reads them all the same.
    await answer(QUESTIONS + 1, 500);
    await answer(QUESTIONS + 2, 500);
    await eventually(async () => expect(await registry.metrics()).toContain('qiscus_audit_failures_total 1'));
    expect(await registry.getSingleMetricAsString('qiscus_audit_timestamp_seconds')).toBe(readAt);
  });

  test('the rest is a minute after success, in proportion after what was slow, and longer with each failure', () => {
    expect(restMs({ tookMs: 10, failures: 0 })).toBe(60_000);
    expect(restMs({ tookMs: 10_000, failures: 0 })).toBe(200_000);
    expect([1, 2, 3, 40].map((failures) => restMs({ tookMs: 10, failures }))).toEqual([
      5_000, 10_000, 20_000, 900_000,
    ]);
    expect(restMs({ tookMs: 15_000, failures: 1 })).toBe(300_000);
  });
});
