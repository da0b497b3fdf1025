import { Hono } from 'hono';
import type { Liveness } from '../intake/liveness.ts';
import type { BooksMetrics } from './books.ts';
import type { ConsumerMetrics } from './metrics.ts';

export interface OperationsDeps {
  readonly liveness: Liveness;
  readonly metrics: ConsumerMetrics;
  readonly books: BooksMetrics;
  /** Whether ClickHouse answers. */
  readonly clickHouseAnswers: () => Promise<boolean>;
}

/** What those who run the consumer ask it: is it alive, is it ready, what does it count. */
export function operationsRoutes({ liveness, metrics, books, clickHouseAnswers }: OperationsDeps): Hono {
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
    const { registry } = metrics;
    await books.refresh();
    return c.body(await registry.metrics(), 200, { 'content-type': registry.contentType });
  });
  return routes;
}
