import { type Admitted, admit, type Refusal } from '../../worker/admit/admit.ts';
import { createAuthenticator } from '../../worker/admit/authenticate.ts';
import { createRedactor } from '../../worker/admit/redact.ts';
import { readSettings } from '../../worker/config.ts';

const [APP, TOKEN, ADMIN_TOKEN] = ['demo', 'local-token', 'local-admin'];

export const settings = readSettings({
  WEBHOOK_TOKENS: JSON.stringify({ [APP]: [TOKEN] }),
  ADMIN_TOKEN,
  KAFKA_BROKERS: '127.0.0.1:9092',
});
const admission = {
  authenticator: createAuthenticator(settings),
  redact: createRedactor(settings.REDACT_KEYS),
  privacy: new Map(),
  settings,
};

/** Has the edge admit a body that arrives at a time, milliseconds since 1970. */
export function arrive(
  body: string | Uint8Array<ArrayBuffer>,
  receivedMs: number,
  headers: Record<string, string> = {},
): Promise<Admitted | Refusal> {
  const request = new Request(`http://edge/webhooks/${APP}/${TOKEN}`, {
    method: 'POST',
    body,
    headers: {
      authorization: `Bearer ${ADMIN_TOKEN}`,
      'x-received-at': new Date(receivedMs).toISOString(),
      ...headers,
    },
  });
  return admit(request, { app: APP, token: TOKEN }, admission);
}
