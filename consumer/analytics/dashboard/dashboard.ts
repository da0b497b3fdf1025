import type { ClickHouseClient } from '@clickhouse/client';
import { type Reply, type Route, text } from '../../watch/routes.ts';
import { Answers } from '../api/answers.ts';
import { apiRoutes } from '../api/routes.ts';
import { loadQueries } from '../report/library.ts';
import { type AccessRules, guarded, open } from './access.ts';
import { type Assets, loadAssets } from './assets.ts';
import { signInRoute } from './sign-in.ts';
import { DashboardToken } from './token.ts';

export interface DashboardDeps {
  /** Reads, and cannot write. */
  readonly client: ClickHouseClient;
  /** Who may read must show it; absent where the server listens on this machine alone. */
  readonly token: string | undefined;
}

/** The dashboard at `/`, its files, and the API that it reads. It needs ClickHouse alone. */
export function dashboardRoutes({ client, token: secret }: DashboardDeps): Route[] {
  const assets = loadAssets();
  const token = secret === undefined ? undefined : new DashboardToken(secret);
  const signIn = (status: number) => html(status, assets.signInPage.replace('{{status}}', String(status)));
  const rules: AccessRules = { token, signIn };
  const answers = new Answers(client, () => performance.now());
  const page = guarded({ path: '/', reply: () => html(200, assets.page) }, rules);
  const api = apiRoutes({ library: loadQueries(), answers }).map((route) => guarded(route, rules));
  const files = open({ path: '/assets/*', reply: (url) => file(assets, url) });
  return [page, ...api, files, ...(token === undefined ? [] : [open(signInRoute(token, signIn))])];
}

function file({ version, files }: Assets, { pathname }: URL): Reply {
  const [, , ofVersion, name = ''] = pathname.split('/');
  const asset = ofVersion === version ? files.get(name) : undefined;
  if (asset === undefined) return text(404, 'There is no such file in this version. Load the page again.\n');
  return { status: 200, ...asset, headers: { 'cache-control': 'public, max-age=31536000, immutable' } };
}

function html(status: number, body: string): Reply {
  return { status, contentType: 'text/html; charset=utf-8', body };
}
