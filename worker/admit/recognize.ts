import type { JsonObject } from '../../schemas/json.ts';
import type { Description, Misfit } from '../../schemas/webhook.ts';
import { type FactKind, WEBHOOKS } from '../../schemas/webhooks.ts';

/** What a body turned out to be; one that only claims to be a webhook is unrecognized, with what did not fit. */
export type Recognized =
  | ({ readonly kind: FactKind } & Description)
  | ({ readonly kind: 'unrecognized' } & Misfit);

/** Tells which of the vendor's webhooks a body is. */
export function recognize(body: JsonObject): Recognized {
  const webhook = WEBHOOKS.find(({ claims }) => claims(body));
  if (webhook === undefined) {
    return { kind: 'unrecognized', problems: ['the body has the marks of none of the webhooks known here'] };
  }
  const described = webhook.describe(body);
  return 'problems' in described
    ? { kind: 'unrecognized', ...described }
    : { kind: webhook.kind, ...described };
}
