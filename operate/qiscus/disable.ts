import type { ExitCode } from '../../consumer/cli/command.ts';
import { type Change, make } from './change.ts';
import { confirmed } from './confirm.ts';
import type { Context } from './context.ts';
import { type Standing, standings } from './standing.ts';
import { tellChanged } from './tell.ts';
import { shown } from './webhook-url.ts';
import { isCallable, WEBHOOKS, type Webhook } from './webhooks.ts';

/** What `disable` was asked for. */
export interface DisableRequest {
  /** Empty: all. */
  readonly kinds: readonly string[];
  readonly isConfirmed: boolean;
  /** Whether another's URL is meant too. */
  readonly isForeignMeant: boolean;
}

/** What is to be done about one webhook, or why nothing is. */
type Decision =
  | { readonly does: 'turn-off'; readonly change: Change }
  | { readonly does: 'nothing'; readonly why: string }
  /** It stays on though it was asked for by name. */
  | { readonly does: 'refuse'; readonly why: string };

/** `disable`: turns webhooks off, and leaves another's URL alone unless it was told to. */
export async function disable(context: Context, request: DisableRequest): Promise<ExitCode> {
  const { api, url, out } = context;
  const isChosen = ({ kind }: Webhook) => request.kinds.length === 0 || request.kinds.includes(kind);
  const chosen = standings(WEBHOOKS.filter(isChosen), await api.configs(), url);
  const decisions = chosen.map((standing) => ({ standing, decision: decide(standing, request, url.href) }));
  const changes = decisions.flatMap(({ decision }) =>
    decision.does === 'turn-off' ? [decision.change] : [],
  );

  for (const { standing, decision } of decisions) {
    const { name } = standing.webhook;
    out.say(decision.does === 'turn-off' ? `${name} is turned off.` : `${name}: ${decision.why}`);
  }
  if (changes.length > 0 && !request.isConfirmed && !(await confirmed('Turn these off?'))) {
    out.say('Nothing was changed.');
    return 1;
  }
  const changed = await make(context, changes);
  for (const each of changed) tellChanged(context, each);
  const isRefused = decisions.some(({ decision }) => decision.does === 'refuse');
  const isFailed = changed.some(({ outcome }) => outcome === 'failed' || outcome === 'otherwise');
  out.json({
    webhooks: decisions.map(({ standing: { webhook }, decision }) => ({
      kind: webhook.kind,
      outcome: changed.find(({ change }) => change.webhook === webhook)?.outcome ?? 'unchanged',
      problem: decision.does === 'refuse' ? decision.why : null,
    })),
  });
  return isRefused || isFailed ? 1 : 0;
}

function decide(standing: Standing, request: DisableRequest, ourUrl: string): Decision {
  const { webhook, owner, registered } = standing;
  const isNamed = request.kinds.includes(webhook.kind);
  const leave = (why: string): Decision => ({ does: isNamed ? 'refuse' : 'nothing', why });
  if (!isCallable(webhook)) return leave('only the vendor’s dashboard can turn it off.');
  if (registered.isEnabled === false || owner === 'none') return { does: 'nothing', why: 'it is off.' };
  if (owner === 'foreign' && !request.isForeignMeant)
    return leave(
      `left alone, since another’s URL stands there: ${shown(registered.url ?? '')}. --foreign turns it off too.`,
    );
  if (owner === 'unknown' && !isNamed && !request.isForeignMeant)
    return leave(
      `left alone, since the vendor does not tell whose URL stands there. "npm run qiscus -- disable ${webhook.kind}" turns it off.`,
    );
  return { does: 'turn-off', change: { webhook, url: registered.url || ourUrl, isEnabled: false } };
}
