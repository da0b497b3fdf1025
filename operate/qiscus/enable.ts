import type { ExitCode } from '../../consumer/cli/command.ts';
import { askArrivals } from './arrivals.ts';
import { type Change, type Changed, make } from './change.ts';
import { confirmed } from './confirm.ts';
import type { Context } from './context.ts';
import { isOn, type Standing, standings } from './standing.ts';
import { tellChanged, tellDashboard, tellForeign } from './tell.ts';
import { waitForEvents } from './wait.ts';
import { shown } from './webhook-url.ts';
import { isCallable, WEBHOOKS, type Webhook } from './webhooks.ts';

/** What `enable` was asked for. */
export interface EnableRequest {
  /** Empty: all. */
  readonly kinds: readonly string[];
  readonly isConfirmed: boolean;
  readonly isWaiting: boolean;
  /** Undefined: without end. */
  readonly waitMs: number | undefined;
}

/** `enable`: registers our URL, shows first what that changes, and reads back what stands then. */
export async function enable(context: Context, request: EnableRequest): Promise<ExitCode> {
  const { api, settings, url, out } = context;
  const sinceMs = Date.now();
  const before = await askArrivals(settings, url.app);
  const isChosen = ({ kind }: Webhook) => request.kinds.length === 0 || request.kinds.includes(kind);
  const chosen = standings(WEBHOOKS.filter(isChosen), await api.configs(), url);
  const changes = chosen.flatMap((standing) => changeOf(standing, url.href));

  tellPlan(context, chosen, changes);
  if (changes.length > 0 && !request.isConfirmed && !(await confirmed('Register these?'))) {
    out.say('Nothing was changed.');
    return 1;
  }
  const changed = await make(context, changes);
  const absent = changed.filter(isAbsent(request));
  for (const each of changed) if (!absent.includes(each)) tellChanged(context, each);

  const isPasted = request.kinds.length > 0 || process.stdout.isTTY === true;
  const dashboard = [
    ...chosen.filter(({ webhook }) => !isCallable(webhook)).map(({ webhook }) => webhook),
    ...absent.map(({ change }) => change.webhook),
  ];
  for (const webhook of dashboard) tellDashboard(context, webhook, isPasted);

  const failed = changed.filter(
    (each) => (each.outcome === 'failed' || each.outcome === 'otherwise') && !absent.includes(each),
  );
  out.json({ webhooks: chosen.map(({ webhook }) => outcomeOf(webhook, changed)) });
  if (!request.isWaiting) return failed.length > 0 ? 1 : 0;
  const awaited = chosen
    .map(({ webhook }) => webhook)
    .filter((each) => !failed.some(({ change }) => change.webhook === each));
  const isComplete = await waitForEvents(context, {
    webhooks: awaited,
    before,
    sinceMs,
    waitMs: request.waitMs,
  });
  return failed.length > 0 || !isComplete ? 1 : 0;
}

function changeOf(standing: Standing, url: string): Change[] {
  const { webhook } = standing;
  return isCallable(webhook) && !isOn(standing) ? [{ webhook, url, isEnabled: true }] : [];
}

function tellPlan(context: Context, chosen: readonly Standing[], changes: readonly Change[]): void {
  const { out, url } = context;
  for (const standing of chosen) {
    const { webhook, owner, registered } = standing;
    if (!isCallable(webhook)) continue;
    if (!changes.some((change) => change.webhook === webhook)) {
      out.say(`${webhook.name} is registered to our URL, and on: nothing to do.`);
      continue;
    }
    const how = owner === 'ours' && registered.isEnabled === false ? 'is switched on' : 'is registered';
    out.say(`${webhook.name} ${how} to ${shown(url.href)}`);
    if (owner === 'foreign') tellForeign(context, standing);
    if (owner === 'unknown') out.say('  The vendor does not tell what stands there now; it is replaced.');
  }
  if (changes.length > 0 && !url.href.startsWith('https:'))
    out.say('WEBHOOK_URL is not https: its token can be read on the way, and the vendor may refuse it.');
  if (changes.length > 0 && url.app === undefined)
    out.say('WEBHOOK_URL is not one of a Worker’s, which end in /webhooks/{app}/{token}.');
}

/** A call that public clients alone show, and that this account does not have: nobody asked for it by name. */
function isAbsent({ kinds }: EnableRequest): (changed: Changed) => boolean {
  return (changed) =>
    changed.outcome === 'failed' &&
    changed.fault.reason === 'absent' &&
    !changed.change.webhook.call.isDocumented &&
    !kinds.includes(changed.change.webhook.kind);
}

function outcomeOf(webhook: Webhook, changed: readonly Changed[]) {
  const of = changed.find(({ change }) => change.webhook === webhook);
  const outcome = of?.outcome ?? (isCallable(webhook) ? 'unchanged' : 'dashboard');
  return { kind: webhook.kind, outcome, problem: of?.outcome === 'failed' ? of.fault.message : null };
}
