import { type } from 'arktype';
import { adminToken, clickHouseUrl, workerUrl } from '../../consumer/config.ts';
import { settingsError } from '../../schemas/settings.ts';
import type { QiscusAccount } from './api.ts';

/** What a header can carry. */
const inHeader = (what: string) => type(/^[!-~]+$/).describe(`${what}, without a blank`);

const httpUrl = (what: string) =>
  type('string').narrow(
    (text, context) => /^https?:$/.test(URL.parse(text)?.protocol ?? '') || context.mustBe(what),
  );

const baseUrl = httpUrl('an https URL, such as https://omnichannel.qiscus.com').narrow(
  (text, context) =>
    isPrivate(text) || context.mustBe('https, since secrets are sent to it (http only on this machine)'),
);

const qiscusSettings = type({
  '+': 'delete',
  QISCUS_BASE_URL: baseUrl.default('https://omnichannel.qiscus.com'),
  QISCUS_APP_ID: inHeader('the app’s code, from Settings → App Information in the vendor’s dashboard'),
  QISCUS_SECRET_KEY: inHeader(
    'the app’s secret key, from Settings → App Information in the vendor’s dashboard',
  ),
  'QISCUS_ADMIN_TOKEN?': inHeader('an administrator’s token'),
  'QISCUS_EMAIL?': 'string',
  'QISCUS_PASSWORD?': 'string',
  WEBHOOK_URL: httpUrl(
    'the Worker’s URL for this app, such as https://worker.example.com/webhooks/{app}/{token}',
  ),
  WORKER_URL: workerUrl,
  ADMIN_TOKEN: adminToken,
  CLICKHOUSE_URL: clickHouseUrl,
}).narrow(
  ({ QISCUS_EMAIL, QISCUS_PASSWORD }, context) =>
    (QISCUS_EMAIL === undefined) === (QISCUS_PASSWORD === undefined) ||
    context.reject({
      path: [QISCUS_EMAIL === undefined ? 'QISCUS_EMAIL' : 'QISCUS_PASSWORD'],
      expected: 'set too, since a token is fetched with both',
    }),
);

export type QiscusSettings = typeof qiscusSettings.infer;

/** So that what is missing is told by what it must be, not by its type. */
const MISSING = { QISCUS_APP_ID: '', QISCUS_SECRET_KEY: '', WEBHOOK_URL: '' };

/**
 * The settings of `npm run qiscus`. One that is set to nothing counts as missing.
 * @throws SettingsError naming each setting that is missing or wrong
 */
export function readQiscusSettings(env: NodeJS.ProcessEnv): QiscusSettings {
  const set = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== ''));
  const settings = qiscusSettings({ ...MISSING, ...set });
  if (settings instanceof type.errors) throw settingsError(settings);
  return settings;
}

/** What the vendor's API is asked with. */
export function accountOf(settings: QiscusSettings): QiscusAccount {
  const { QISCUS_APP_ID, QISCUS_SECRET_KEY, QISCUS_ADMIN_TOKEN, QISCUS_EMAIL, QISCUS_PASSWORD } = settings;
  return { appId: QISCUS_APP_ID, secretKey: QISCUS_SECRET_KEY, admin: admin() };

  function admin(): QiscusAccount['admin'] {
    if (QISCUS_ADMIN_TOKEN !== undefined) return { token: QISCUS_ADMIN_TOKEN };
    if (QISCUS_EMAIL === undefined || QISCUS_PASSWORD === undefined) return undefined;
    return { email: QISCUS_EMAIL, password: QISCUS_PASSWORD };
  }
}

/** Over TLS, or to this machine itself. */
function isPrivate(text: string): boolean {
  const url = URL.parse(text);
  return url?.protocol === 'https:' || ['127.0.0.1', '[::1]', 'localhost'].includes(url?.hostname ?? '');
}
