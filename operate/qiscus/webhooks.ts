import type { FactKind } from '../../schemas/webhooks.ts';

/** What a registration call proves itself with: an administrator's token, or the app's secret key. */
export type Credential = 'admin-token' | 'secret-key';

/** The vendor's call that registers a webhook: a POST of a multipart form with these two fields. */
export interface RegistrationCall {
  readonly path: string;
  readonly credential: Credential;
  /** Whether the call names the app by `Qiscus-App-Id`. */
  readonly namesApp: boolean;
  readonly urlField: string;
  readonly enabledField: string;
  /** Whether the vendor's page shows it; the others are known from public clients alone, and an account may lack them. */
  readonly isDocumented: boolean;
}

/** Where `configs`, and the answers of the calls, tell the registered URL, and whether it is on. */
export interface ConfigKeys {
  readonly url: string;
  readonly enabled: string;
  /** Whether the vendor's sample of `configs` has the URL: where it does, one that is not there was never set. */
  readonly isReadBack: boolean;
}

/** One of the vendor's webhooks, as it is registered. */
export interface Webhook {
  readonly kind: FactKind;
  /** As the vendor calls it. */
  readonly name: string;
  /** Undefined where only the vendor's dashboard can register it. */
  readonly call?: RegistrationCall;
  /** Undefined where the read-back does not tell. */
  readonly keys?: ConfigKeys;
}

/** A webhook that can be registered by a call. */
export type CallableWebhook = Webhook & Required<Pick<Webhook, 'call' | 'keys'>>;

/** The six webhooks, those first whose calls the vendor's page documents ("Webhooks", with the sample of `configs`). */
export const WEBHOOKS: readonly Webhook[] = [
  {
    kind: 'session',
    name: 'New Session',
    call: {
      path: '/api/v2/app/config/new_session_webhook',
      credential: 'secret-key',
      namesApp: true,
      urlField: 'url',
      enabledField: 'enabled',
      isDocumented: true,
    },
    keys: { url: 'new_session_webhook_url', enabled: 'is_new_session_webhook_enabled', isReadBack: true },
  },
  {
    kind: 'resolution',
    name: 'Mark As Resolved',
    call: {
      path: '/api/v1/app/webhook/mark_as_resolved',
      credential: 'admin-token',
      namesApp: true,
      urlField: 'webhook_url',
      enabledField: 'is_webhook_enabled',
      isDocumented: true,
    },
    keys: {
      url: 'mark_as_resolved_webhook_url',
      enabled: 'is_mark_as_resolved_webhook_enabled',
      isReadBack: true,
    },
  },
  {
    kind: 'agent-logout',
    name: 'User Logout',
    call: {
      path: '/api/v2/app/config/auth_webhook',
      credential: 'admin-token',
      namesApp: false,
      urlField: 'url',
      enabledField: 'enabled',
      isDocumented: true,
    },
    keys: { url: 'auth_webhook_url', enabled: 'is_auth_webhook_enabled', isReadBack: false },
  },
  {
    kind: 'message',
    name: 'Bot',
    call: {
      path: '/api/v1/app/bot/integrate',
      credential: 'admin-token',
      namesApp: true,
      urlField: 'bot_webhook_url',
      enabledField: 'is_bot_enabled',
      isDocumented: false,
    },
    keys: { url: 'bot_webhook_url', enabled: 'is_bot_enabled', isReadBack: true },
  },
  {
    kind: 'allocation',
    name: 'Custom Agent Allocation',
    call: {
      path: '/api/v1/app/webhook/agent_allocation',
      credential: 'secret-key',
      namesApp: true,
      urlField: 'webhook_url',
      enabledField: 'is_webhook_enabled',
      isDocumented: false,
    },
    keys: {
      url: 'allocate_agent_webhook_url',
      enabled: 'is_allocate_agent_webhook_enabled',
      isReadBack: true,
    },
  },
  { kind: 'custom-button', name: 'Custom Button' },
];

/** Whether a call registers it. */
export function isCallable(webhook: Webhook): webhook is CallableWebhook {
  return webhook.call !== undefined && webhook.keys !== undefined;
}
