import { Hono } from 'hono';
import { accepts } from 'hono/accepts';
import type { Liveness } from '../../schemas/group/liveness.ts';
import type { BooksMetrics } from './books.ts';
import type { CanaryMetrics } from './canary.ts';
import type { DriftMetrics } from './drift.ts';
import { exposition, METRIC_FORMATS } from './exposition.ts';
import type { ConsumerMetrics } from './metrics.ts';
import type { WorkerMetrics } from './worker-metrics.ts';

export interface OperationsDeps {
  readonly liveness: Liveness;
  readonly metrics: ConsumerMetrics;
  readonly books: BooksMetrics;
  readonly drift: DriftMetrics;
  /** Undefined where no WORKER_URL is set. */
  readonly worker: WorkerMetrics | undefined;
  /** Undefined where CANARY is off. */
  readonly canary: CanaryMetrics | undefined;
  /** Whether ClickHouse answers. */
  readonly clickHouseAnswers: () => Promise<boolean>;
}

/** What those who run the consumer ask it: is it alive, is it ready, what does it count. */
export function operationsRoutes({
  liveness,
  metrics,
  books,
  drift,
  worker,
  canary,
  clickHouseAnswers,
}: OperationsDeps): Hono {
  const routes = new Hono();
  routes.get('/healthz', (c) => {
    const life = liveness.check();
    return c.json(life, life.alive ? 200 : 503);
  });
  routes.get('/readyz', async (c) => {
    const kafka = liveness.isJoined && liveness.check().alive;
    const clickhouse = await clickHouseAnswers();
    return c.json({ kafka, clickhouse }, kafka && clickhouse ? 200 : 503);
  });
  routes.get('/metrics', async (c) => {
    drift.refresh();
    await Promise.all([books.refresh(), worker?.refresh(), canary?.refresh()]);
    const [standard] = METRIC_FORMATS;
    const asked = accepts(c, { header: 'Accept', supports: [...METRIC_FORMATS], default: standard });
    const format = METRIC_FORMATS.find((each) => each === asked) ?? standard;
    const { text, contentType } = await exposition(metrics.registry, format);
    return c.body(text, 200, { 'content-type': contentType, vary: 'Accept' });
  });
  return routes;
}
