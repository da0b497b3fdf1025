import type { JsonObject } from './json.ts';
import { isPlausible } from './values.ts';
import type { Description, Misfit } from './webhook.ts';
import { type FactKind, WEBHOOKS } from './webhooks.ts';

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

/** When an event happened, milliseconds since 1970: the best plausible time that its body tells, else its receipt. */
export function occurredAt(recognized: Recognized, receivedMs: number): number {
  const times = recognized.kind === 'unrecognized' ? [] : recognized.times;
  return times.find((ms) => isPlausible(ms, receivedMs)) ?? receivedMs;
}
