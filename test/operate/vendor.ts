import { createServer, type IncomingMessage, type ServerOptions } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { undoAfterwards } from '../support/clean-up.ts';

/**
 * A stand-in for the vendor's API, which cannot run here: it answers as the vendor's page shows, field by field, with
 * the page's odd keys and forms, and delivers to the URLs that were registered with it.
 */
export interface Vendor {
  readonly url: string;
  readonly calls: readonly VendorCall[];
  /** What `GET configs` tells, the sample's other keys aside. */
  readonly configs: Record<string, unknown>;
  /** Answers in the vendor's place; undefined lets it answer. */
  answer: (call: VendorCall) => OddAnswer | undefined;
  /** Posts a body to the URL of a webhook, if that is registered and on. @returns the status, or undefined */
  deliver(keys: { url: string; enabled: string }, body: string): Promise<number | undefined>;
}

export interface VendorCall {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly form: Readonly<Record<string, string>>;
}

export type OddAnswer =
  | { readonly status: number; readonly headers?: Record<string, string>; readonly body?: string }
  | 'cut'
  | 'silence';

export const APP_ID = 'test-omnichannel';
export const SECRET_KEY = 'secret-key-3e9f401ea7d65';
export const ADMIN_TOKEN = 'admin-token-Kj82hsPq';
export const PASSWORD = 'pass-word-of-the-admin';
/** Stands in the vendor's answers alone. */
export const ANSWERED_SECRET = 'answered-secret-key-77aa';

/** Keys that the vendor's page shows beside those of webhooks. */
const OTHERS = {
  'is_ig_story_mention_enabled:1268_enabled': true,
  'ig_story_mention_enabled:1265': 'false',
  widget: null,
  is_is_new_session_webhook_enabled_enabled: true,
  is_new_session_webhook_url_enabled: true,
  offline_message: 'Outside office hours general',
  secret_key: ANSWERED_SECRET,
};

interface Route {
  readonly path: string;
  readonly isAllowed: (headers: VendorCall['headers']) => boolean;
  readonly fields: readonly [url: string, enabled: string];
  readonly keys: readonly [url: string, enabled: string];
  readonly answers: 'configs' | 'app';
}

const byKey = (headers: VendorCall['headers']) =>
  headers['qiscus-secret-key'] === SECRET_KEY && headers['qiscus-app-id'] === APP_ID;
const byToken = (headers: VendorCall['headers']) => headers.authorization === ADMIN_TOKEN;
const byTokenAndApp = (headers: VendorCall['headers']) =>
  byToken(headers) && headers['qiscus-app-id'] === APP_ID;

const ROUTES: readonly Route[] = [
  {
    path: '/api/v2/app/config/new_session_webhook',
    isAllowed: byKey,
    fields: ['url', 'enabled'],
    keys: ['new_session_webhook_url', 'is_new_session_webhook_enabled'],
    answers: 'configs',
  },
  {
    path: '/api/v1/app/webhook/mark_as_resolved',
    isAllowed: byTokenAndApp,
    fields: ['webhook_url', 'is_webhook_enabled'],
    keys: ['mark_as_resolved_webhook_url', 'is_mark_as_resolved_webhook_enabled'],
    answers: 'app',
  },
  {
    path: '/api/v2/app/config/auth_webhook',
    isAllowed: byToken,
    fields: ['url', 'enabled'],
    keys: ['auth_webhook_url', 'is_auth_webhook_enabled'],
    answers: 'configs',
  },
  {
    path: '/api/v1/app/bot/integrate',
    isAllowed: byTokenAndApp,
    fields: ['bot_webhook_url', 'is_bot_enabled'],
    keys: ['bot_webhook_url', 'is_bot_enabled'],
    answers: 'app',
  },
  {
    path: '/api/v1/app/webhook/agent_allocation',
    isAllowed: byKey,
    fields: ['webhook_url', 'is_webhook_enabled'],
    keys: ['allocate_agent_webhook_url', 'is_allocate_agent_webhook_enabled'],
    answers: 'app',
  },
];

/** Starts one on a port of its own; gone after the test. @param tls a certificate to serve with */
export async function startVendor(
  tls?: ServerOptions & { pfx: Buffer; passphrase: string },
): Promise<Vendor> {
  const calls: VendorCall[] = [];
  const configs: Record<string, unknown> = { timezone: '+07:00' };
  const serve: Parameters<typeof createServer>[1] = async (request, response) => {
    const call = await read(request);
    calls.push(call);
    const odd = vendor.answer(call);
    if (odd === 'silence') return;
    if (odd === 'cut') {
      response.writeHead(200, { 'content-type': 'application/json' }).write('{"data":');
      setTimeout(() => response.destroy(), 20);
      return;
    }
    const { status, headers, body } = { headers: {}, body: '', ...(odd ?? answerOf(call, configs)) };
    response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(body);
  };
  const server = tls === undefined ? createServer(serve) : createTlsServer(tls, serve);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  undoAfterwards(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
  const { port } = server.address() as AddressInfo;
  const vendor: Vendor = {
    url: `${tls === undefined ? 'http' : 'https'}://127.0.0.1:${port}`,
    calls,
    configs,
    answer: () => undefined,
    deliver: async ({ url, enabled }, body) => {
      if (String(configs[enabled]) !== 'true') return undefined;
      const response = await fetch(String(configs[url]), { method: 'POST', body });
      await response.text();
      return response.status;
    },
  };
  return vendor;
}

async function read(request: IncomingMessage): Promise<VendorCall> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  const { method = '', url = '', headers } = request;
  const type = headers['content-type'];
  const form =
    type === undefined
      ? []
      : await new Response(Buffer.concat(chunks), { headers: { 'content-type': type } }).formData();
  const fields = Object.fromEntries([...form].map(([name, value]) => [name, String(value)]));
  return { method, path: url, headers, form: fields };
}

function answerOf(call: VendorCall, configs: Record<string, unknown>): OddAnswer & object {
  const json = (status: number, value: unknown) => ({ status, body: JSON.stringify(value) });
  if (call.method === 'GET' && call.path === '/api/v2/app/configs?show_all=true') {
    if (!byKey(call.headers)) return json(401, { errors: { message: 'Unauthorized' } });
    return json(200, { data: { configs: { ...OTHERS, ...configs } }, status: 200 });
  }
  if (call.path === '/api/v1/auth') {
    if (call.form.password !== PASSWORD) return json(401, { errors: { message: 'Unauthorized' } });
    return json(200, { data: { user: { authentication_token: ADMIN_TOKEN, sdk_key: ANSWERED_SECRET } } });
  }
  const route = ROUTES.find(({ path }) => path === call.path);
  if (route === undefined || call.method !== 'POST') return json(404, { errors: { message: 'Not Found' } });
  if (!route.isAllowed(call.headers)) return json(401, { errors: { message: 'Unauthorized' } });
  const [urlKey, enabledKey] = route.keys;
  const url = call.form[route.fields[0]];
  const enabled = call.form[route.fields[1]];
  if (url === undefined || enabled === undefined) return json(400, { errors: { message: 'missing field' } });
  configs[urlKey] = url;
  configs[enabledKey] = enabled;
  const told = { [urlKey]: url, [enabledKey]: route.answers === 'app' ? enabled === 'true' : enabled };
  if (route.answers === 'configs') return json(200, { data: { configs: told }, status: 200 });
  return json(200, { data: { id: 123123123, app_code: APP_ID, secret_key: ANSWERED_SECRET, ...told } });
}
