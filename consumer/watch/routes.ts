import type { IncomingMessage } from 'node:http';
import type { Liveness } from '../intake/liveness.ts';
import type { BooksMetrics } from './books.ts';
import type { ConsumerMetrics } from './metrics.ts';

export interface Reply {
  readonly status: number;
  readonly contentType: string;
  readonly body: string | Uint8Array;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Answers the requests of one path; `path` ends with `*` to take every path that begins so. */
export interface Route {
  readonly path: string;
  /** GET (and with it HEAD) when absent. */
  readonly method?: 'GET' | 'POST';
  readonly reply: (url: URL, request: IncomingMessage) => Reply | Promise<Reply>;
}

export interface OperationsDeps {
  readonly liveness: Liveness;
  readonly metrics: ConsumerMetrics;
  readonly books: BooksMetrics;
  /** Whether ClickHouse answers. */
  readonly clickHouseAnswers: () => Promise<boolean>;
}

/** What those who run the consumer ask it: is it alive, is it ready, what does it count. */
export function operationsRoutes({ liveness, metrics, books, clickHouseAnswers }: OperationsDeps): Route[] {
  return [
    {
      path: '/healthz',
      reply: () => {
        const life = liveness.check();
        return json(life.alive ? 200 : 503, life);
      },
    },
    {
      path: '/readyz',
      reply: async () => {
        const kafka = liveness.isJoined && liveness.check().alive;
        const clickhouse = await clickHouseAnswers();
        return json(kafka && clickhouse ? 200 : 503, { kafka, clickhouse });
      },
    },
    {
      path: '/metrics',
      reply: async () => {
        const { registry } = metrics;
        await books.refresh();
        return { status: 200, contentType: registry.contentType, body: await registry.metrics() };
      },
    },
  ];
}

/** A reply of JSON. */
export function json(status: number, value: unknown): Reply {
  return { status, contentType: 'application/json', body: JSON.stringify(value) };
}

/** A reply of plain text. */
export function text(status: number, body: string): Reply {
  return { status, contentType: 'text/plain; charset=utf-8', body };
}
