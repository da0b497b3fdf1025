import type { ClickHouseClient } from '@clickhouse/client';
import { Hono } from 'hono';
import type { LiveStream } from '../../stream/live/live-stream.ts';
import { Answers } from '../api/answers.ts';
import type { QueryLimits } from '../api/limits.ts';
import { apiRoutes } from '../api/routes.ts';
import { tailRoutes } from '../api/tail.ts';
import { loadQueries } from '../report/library.ts';
import { guard } from './access.ts';
import { assets } from './assets.ts';
import { type SignInPage, signInByForm, signInByLink } from './sign-in.ts';
import { DashboardToken } from './token.ts';

export interface DashboardDeps {
  /** Reads, and cannot write. */
  readonly client: ClickHouseClient;
  /** Who may read must show it; absent where the server listens on this machine alone. */
  readonly token: string | undefined;
  /** The stream as it is published. */
  readonly live: LiveStream;
  /** What one question may take of ClickHouse. */
  readonly limits?: QueryLimits;
}

/** The dashboard at `/`, its files, and the API that it reads. It needs ClickHouse, and Kafka for its live tail alone. */
export function dashboardRoutes({ client, token: secret, live, limits }: DashboardDeps): Hono {
  const token = secret === undefined ? undefined : new DashboardToken(secret);
  const signIn: SignInPage = (c, status) =>
    c.html(assets().signInPage.replace('{{status}}', String(status)), status);
  const routes = new Hono();
  if (token !== undefined) {
    routes.get('/', signInByLink(token, signIn));
    routes.post('/sign-in', signInByForm(token, signIn));
  }
  routes.get(
    '/',
    guard(token, (c) => signIn(c, 401)),
    (c) => c.html(assets().page),
  );
  routes.get('/assets/:version/:name', (c) => file(c.req.param()));
  const library = loadQueries();
  const answers = new Answers({ client, library, nowMs: () => performance.now(), ...(limits && { limits }) });
  routes.use('/api/*', guard(token));
  routes.route('/', apiRoutes({ library, answers }));
  routes.route('/', tailRoutes(live));
  return routes;
}

function file(asked: { readonly version: string; readonly name: string }): Response {
  const { version, files } = assets();
  const asset = asked.version === version ? files.get(asked.name) : undefined;
  if (asset === undefined) {
    return new Response('There is no such file in this version. Load the page again.\n', { status: 404 });
  }
  return new Response(asset.body, {
    headers: { 'content-type': asset.contentType, 'cache-control': 'public, max-age=31536000, immutable' },
  });
}
