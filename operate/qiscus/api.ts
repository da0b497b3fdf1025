import { type } from 'arktype';
import { type Configs, type Registration, registrationIn } from './configs.ts';
import { QiscusFault } from './faults.ts';
import { callJson, type Endpoint } from './http.ts';
import type { CallableWebhook, Credential } from './webhooks.ts';

/** An object of any keys, as the vendor's `configs`; ArkType's own index signature would refuse none of them either. */
const anyObject = type('object').pipe((value) => value as Configs);

/**
 * `GET /api/v2/app/configs?show_all=true`, by the vendor's page: `{ data: { configs: { … } }, status: 200 }`. The
 * registration calls of version 2 answer in the same form.
 */
const configsAnswer = type({ data: { configs: anyObject } });

/**
 * `POST /api/v1/app/webhook/mark_as_resolved`, by the vendor's page: `{ data: { … } }`, the whole app, in which its
 * `secret_key` stands: nothing of it is kept but what `registrationIn` takes.
 */
const appAnswer = type({ data: anyObject });

/** `POST /api/v1/auth`, by public clients: `{ data: { user: { authentication_token } } }`. */
const authAnswer = type({ data: { user: { authentication_token: 'string > 0' } } });

/** What the API is asked with. The token is fetched with the password when a call first needs it. */
export interface QiscusAccount {
  readonly appId: string;
  readonly secretKey: string;
  readonly admin:
    | { readonly token: string }
    | { readonly email: string; readonly password: string }
    | undefined;
}

/** The vendor's API, as far as webhooks go. Every method throws QiscusFault where a call does not succeed. */
export class QiscusApi {
  readonly #endpoint: Endpoint;
  readonly #account: QiscusAccount;
  #token: Promise<string> | undefined;

  constructor(endpoint: Endpoint, account: QiscusAccount) {
    this.#endpoint = endpoint;
    this.#account = account;
  }

  /** The app's settings, read back. */
  async configs(): Promise<Configs> {
    const answer = await callJson(this.#endpoint, {
      method: 'GET',
      path: '/api/v2/app/configs?show_all=true',
      headers: { 'Qiscus-Secret-Key': this.#account.secretKey, 'Qiscus-App-Id': this.#account.appId },
      settings: 'QISCUS_SECRET_KEY and QISCUS_APP_ID',
    });
    const configs = configsAnswer(answer);
    if (configs instanceof type.errors) throw oddAnswer('GET /api/v2/app/configs', 'no data.configs');
    return configs.data.configs;
  }

  /** Registers a URL for a webhook, on or off. @returns what the answer says of it */
  async register(webhook: CallableWebhook, url: string, isEnabled: boolean): Promise<Registration> {
    const { call, keys } = webhook;
    const answer = await callJson(this.#endpoint, {
      method: 'POST',
      path: call.path,
      headers: {
        ...(await this.#credential(call.credential)),
        ...(call.namesApp ? { 'Qiscus-App-Id': this.#account.appId } : {}),
      },
      form: { [call.urlField]: url, [call.enabledField]: String(isEnabled) },
      settings: SETTINGS[call.credential],
    });
    const configs = configsAnswer(answer);
    if (!(configs instanceof type.errors)) return registrationIn(configs.data.configs, keys);
    const app = appAnswer(answer);
    if (app instanceof type.errors) throw oddAnswer(`POST ${call.path}`, 'no data');
    return registrationIn(app.data, keys);
  }

  async #credential(credential: Credential): Promise<Record<string, string>> {
    if (credential === 'secret-key') return { 'Qiscus-Secret-Key': this.#account.secretKey };
    this.#token ??= this.#adminToken();
    return { Authorization: await this.#token };
  }

  async #adminToken(): Promise<string> {
    const { admin } = this.#account;
    if (admin === undefined)
      throw new QiscusFault(
        'refused',
        'This call needs an administrator. Set QISCUS_ADMIN_TOKEN, or QISCUS_EMAIL and QISCUS_PASSWORD, from which it is fetched.',
      );
    if ('token' in admin) return admin.token;
    const answer = await callJson(this.#endpoint, {
      method: 'POST',
      path: '/api/v1/auth',
      headers: {},
      form: { email: admin.email, password: admin.password },
      settings: 'QISCUS_EMAIL and QISCUS_PASSWORD',
    });
    const auth = authAnswer(answer);
    if (auth instanceof type.errors)
      throw oddAnswer('POST /api/v1/auth', 'no data.user.authentication_token');
    return auth.data.user.authentication_token;
  }
}

const SETTINGS: Readonly<Record<Credential, string>> = {
  'admin-token': 'QISCUS_ADMIN_TOKEN (or QISCUS_EMAIL and QISCUS_PASSWORD) and QISCUS_APP_ID',
  'secret-key': 'QISCUS_SECRET_KEY and QISCUS_APP_ID',
};

function oddAnswer(call: string, what: string): QiscusFault {
  return new QiscusFault(
    'odd-answer',
    `${call} answered with JSON in which there is ${what}. Check QISCUS_BASE_URL; if it is right, the vendor’s API has changed.`,
  );
}
