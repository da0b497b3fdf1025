import type { Arrival } from './arrivals.ts';
import { type Configs, type Registration, registrationIn } from './configs.ts';
import type { Owner, WebhookUrl } from './webhook-url.ts';
import type { Webhook } from './webhooks.ts';

/** How one webhook stands with the vendor. */
export interface Standing {
  readonly webhook: Webhook;
  readonly registered: Registration;
  readonly owner: Owner;
}

const UNTOLD: Registration = { url: undefined, isEnabled: undefined };

/** Reads how each of the webhooks stands from the vendor's configuration. */
export function standings(webhooks: readonly Webhook[], configs: Configs, ours: WebhookUrl): Standing[] {
  return webhooks.map((webhook) => {
    const registered = webhook.keys === undefined ? UNTOLD : registrationIn(configs, webhook.keys);
    const isNone = registered.url === undefined && webhook.keys?.isReadBack === true;
    return { webhook, registered, owner: isNone ? 'none' : ours.ownerOf(registered.url) };
  });
}

/** Whether its events come to our URL, as far as the vendor tells. */
export function isOn({ owner, registered }: Standing): boolean {
  return owner === 'ours' && registered.isEnabled === true;
}

const RECENT_MS = 86_400_000;

/** What does not go together between what is registered and what has come; undefined where all does, or nothing is told. */
export function contradiction(standing: Standing, arrival: Arrival, nowMs: number): string | undefined {
  const { webhook, owner, registered } = standing;
  const hasCome = (arrival.accepted ?? 0) > 0 || (arrival.stored ?? 0) > 0;
  const isKnown = arrival.accepted !== undefined || arrival.stored !== undefined;
  if (isOn(standing) && isKnown && !hasCome)
    return `${webhook.name} is registered, but nothing has come. Make one happen; if none comes, look whether the vendor can reach the URL.`;
  const isRecent = arrival.lastMs !== undefined && arrival.lastMs > nowMs - RECENT_MS;
  const isOff = owner === 'foreign' || owner === 'none' || registered.isEnabled === false;
  if (isRecent && isOff)
    return `${webhook.name} came within the last day, but is not registered to our URL now. "npm run qiscus -- enable ${webhook.kind}" registers it.`;
  if (owner === 'ours-other-token')
    return `${webhook.name} is registered under another token than WEBHOOK_URL has. "npm run qiscus -- enable ${webhook.kind}" changes it, before the old one is taken away.`;
  if (owner === 'ours' && registered.isEnabled === undefined)
    return `${webhook.name} has our URL, but the vendor does not tell whether it is on.`;
  return undefined;
}
