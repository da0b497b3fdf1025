import { Hono } from 'hono';
import { Registry } from 'prom-client';
import { expect, test } from 'vitest';
import { clickHouseClient } from '../../consumer/persist/clickhouse.ts';
import { BooksMetrics } from '../../consumer/watch/books.ts';
import { DriftMetrics } from '../../consumer/watch/drift.ts';
import { exemplarLabels } from '../../consumer/watch/exemplar.ts';
import { createMetrics } from '../../consumer/watch/metrics.ts';
import { operationsRoutes } from '../../consumer/watch/operations.ts';
import { freePort } from '../../local/ports.ts';
import { Liveness } from '../../schemas/group/liveness.ts';
import { undoAfterwards } from '../support/clean-up.ts';

const TRACE = '0af7651916cd43dd8448eb211c80319c';
const SPAN = 'b7ad6b7169203331';
const PROMETHEUS =
  'application/openmetrics-text;version=1.0.0;q=0.5,application/openmetrics-text;version=0.0.1;q=0.4,text/plain;version=0.0.4;q=0.3,*/*;q=0.2';

/** `/metrics` of a consumer that has read nothing yet, without ClickHouse. */
async function served() {
  const metrics = createMetrics(['qiscus.session', 'qiscus.dead-letter']);
  const url = `http://127.0.0.1:${await freePort()}`;
  const client = clickHouseClient({ url, username: 'default', password: '', database: 'qiscus' });
  undoAfterwards(() => client.close());
  const books = new BooksMetrics(client, metrics.registry);
  const drift = new DriftMetrics(client, metrics.registry);
  const liveness = new Liveness(() => performance.now());
  const app = new Hono().route(
    '/',
    operationsRoutes({
      liveness,
      metrics,
      books,
      drift,
      worker: undefined,
      canary: undefined,
      clickHouseAnswers: async () => false,
    }),
  );
  const scrape = async (accept?: string) => {
    const answer = await app.request('/metrics', { headers: accept === undefined ? {} : { accept } });
    return {
      type: answer.headers.get('content-type'),
      vary: answer.headers.get('vary'),
      text: await answer.text(),
    };
  };
  return { metrics, scrape };
}

test('each counter is there from the start, with 0 for every label that is known', async () => {
  const { scrape } = await served();
  const { text } = await scrape();
  for (const line of [
    'qiscus_consumed_total{topic="qiscus.session"} 0',
    'qiscus_consumed_total{topic="qiscus.dead-letter"} 0',
    'qiscus_dead_letters_total{stage="decode"} 0',
    'qiscus_dead_letters_total{stage="normalize"} 0',
    'qiscus_dead_letters_total{stage="insert"} 0',
    'qiscus_retries_total{stage="insert"} 0',
    'qiscus_retries_total{stage="dead-letter"} 0',
    'qiscus_inserted_rows_total{table="events_rows"} 0',
    'qiscus_inserted_rows_total{table="sessions_rows"} 0',
    'qiscus_inserted_rows_total{table="dead_letters_rows"} 0',
    'qiscus_insert_seconds_count{table="button_clicks_rows"} 0',
    'qiscus_insert_rows_bucket{le="1",table="messages_rows"} 0',
    'qiscus_event_visible_seconds_count 0',
    'qiscus_group_joins_total 0',
  ])
    expect(text).toContain(`${line}\n`);
  // No counter or histogram of ours is a name without a value.
  const names = [...text.matchAll(/^# TYPE (qiscus_\S+) (?:counter|histogram)$/gm)].map(([, name]) => name);
  expect(names.length).toBeGreaterThan(7);
  for (const name of names) expect(text).toMatch(new RegExp(`^${name}(?:_count)?[ {]`, 'm'));
});

test('metrics come in the format that is asked for, and the one asked for first does not change the other', async () => {
  const { scrape } = await served();
  const before = await scrape();
  const open = await scrape(PROMETHEUS);
  expect(open.type).toBe(Registry.OPENMETRICS_CONTENT_TYPE);
  expect(open.vary).toContain('Accept');
  expect(open.text).toMatch(/\n# EOF\n$/);
  expect(open.text).toContain('# TYPE qiscus_consumed counter\n');
  expect(open.text).toContain('qiscus_consumed_total{topic="qiscus.session"} 0\n');
  for (const accept of [undefined, '*/*', 'text/html', 'text/plain', 'application/openmetrics-text;q=0']) {
    const { type, text } = await scrape(accept);
    expect(type).toBe(Registry.PROMETHEUS_CONTENT_TYPE);
    expect(namesIn(text)).toEqual(namesIn(before.text));
  }
  expect(namesIn((await scrape(PROMETHEUS)).text)).toEqual(namesIn(open.text));
});

test('a latency leads to the trace of an event that took so long, where the event has one', async () => {
  const { metrics, scrape } = await served();
  metrics.visibleSeconds.observe({ value: 0.3, exemplarLabels: exemplarLabels(`00-${TRACE}-${SPAN}-01`) });
  metrics.visibleSeconds.observe({ value: 0.4, exemplarLabels: exemplarLabels(undefined) });
  metrics.visibleSeconds.observe({ value: 99_999, exemplarLabels: exemplarLabels(`00-${TRACE}-${SPAN}-00`) });
  const { text } = await scrape(PROMETHEUS);
  const exemplar = (value: string) => ` # {trace_id="${TRACE}",span_id="${SPAN}"} ${value} `;
  expect(text).toContain(`qiscus_event_visible_seconds_bucket{le="0.5"} 2${exemplar('0.3')}`);
  expect(text).toContain(`qiscus_event_visible_seconds_bucket{le="+Inf"} 3${exemplar('99999')}`);
  expect((await scrape()).text).not.toContain(TRACE);
});

test('what is no trace is no exemplar', () => {
  for (const traceparent of [
    undefined,
    '',
    'x'.repeat(55),
    `00-${TRACE}`,
    `00-${'0'.repeat(32)}-${SPAN}-01`,
    `00-${TRACE}-${'0'.repeat(16)}-01`,
    `00-${TRACE}-${SPAN}-01"} 1\nforged 1`,
  ])
    expect(exemplarLabels(traceparent)).toEqual({});
});

function namesIn(text: string): string[] {
  return [...text.matchAll(/^([a-z_]+)/gm)].map(([name]) => name);
}
