import type { ClickHouseClient } from '@clickhouse/client';
import { pino } from 'pino';
import type { QueryLimits } from '../../consumer/analytics/api/limits.ts';
import { readerClient } from '../../consumer/analytics/api/reader.ts';
import { dashboardRoutes } from '../../consumer/analytics/dashboard/dashboard.ts';
import { LiveStream } from '../../consumer/stream/live/live-stream.ts';
import { createApp } from '../../consumer/watch/app.ts';
import { serve } from '../../consumer/watch/server.ts';
import { undoAfterwards } from '../support/clean-up.ts';
import type { Database } from '../support/clickhouse.ts';

export interface ServeOptions {
  readonly token?: string;
  /** Scheme, host and port by which ClickHouse is reached: a proxy's. */
  readonly reaches?: string;
  /** Puts something between the routes and the client. */
  readonly wrap?: (client: ClickHouseClient) => ClickHouseClient;
  /** The stream that is watched: one on which nothing is published unless it is given. */
  readonly live?: LiveStream;
  /** What one question may take: the real ones unless they are given. */
  readonly limits?: QueryLimits;
}

function silentStream(): LiveStream {
  return new LiveStream({ follow: async () => ({ stop: async () => {} }), log: pino({ level: 'silent' }) });
}

/** A client that reads a test's database, as the consumer makes one; closed after the test. */
export function testReader(database: Database, url = new URL(database.url).origin, username = 'reader') {
  const client = readerClient({ url, username, password: '', database: database.name });
  undoAfterwards(() => client.close());
  return client;
}

/** Serves the dashboard alone, without Kafka and the consumer; gone after the test. @returns its URL */
export async function serveDashboard(database: Database, options: ServeOptions = {}): Promise<string> {
  const { token, reaches, wrap = (client) => client, live = silentStream(), limits } = options;
  const log = pino({ level: 'silent' });
  const app = createApp(log);
  const client = wrap(testReader(database, reaches));
  app.route('/', dashboardRoutes({ client, token, live, ...(limits && { limits }) }));
  const { server, url } = await serve(app, { host: '127.0.0.1', port: 0 }, log);
  undoAfterwards(() => {
    server.closeAllConnections();
    server.close();
  });
  return url;
}
