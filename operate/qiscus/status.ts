import type { ExitCode } from '../../consumer/cli/command.ts';
import { textTable } from '../../consumer/cli/table.ts';
import { type Arrivals, askArrivals } from './arrivals.ts';
import { offsetMinutesIn } from './configs.ts';
import type { Context } from './context.ts';
import { contradiction, type Standing, standings } from './standing.ts';
import { compareZones } from './time-zone.ts';
import { type Owner, shown } from './webhook-url.ts';
import { WEBHOOKS } from './webhooks.ts';

const OWNERS: Readonly<Record<Owner, string>> = {
  ours: 'yes',
  'ours-other-token': 'other token',
  foreign: 'no',
  none: '-',
  unknown: 'not told',
};

/** `status`: what is registered with the vendor, and what has come from it. */
export async function status({ settings, api, url, out }: Context, timeZone: string): Promise<ExitCode> {
  const [configs, arrivals] = await Promise.all([api.configs(), askArrivals(settings, url.app)]);
  const found = standings(WEBHOOKS, configs, url);
  const zone = compareZones(offsetMinutesIn(configs), timeZone, new Date());
  const notes = found.map((each) => contradiction(each, arrivals.of(each.webhook.kind), Date.now()));
  out.json({
    app_id: settings.QISCUS_APP_ID,
    base_url: settings.QISCUS_BASE_URL,
    webhook_url: shown(url.href),
    webhooks: found.map((each, i) => ({ ...asJson(each, arrivals), note: notes[i] ?? null })),
    timezone: { vendor: zone.vendor, reports: timeZone, agrees: zone.agrees },
    troubles: arrivals.troubles,
  });
  if (out.isJson) return 0;
  out.show(table(found, arrivals));
  out.say('');
  for (const line of [...notes, zone.note, ...arrivals.troubles]) if (line !== undefined) out.say(line);
  out.say(next(found));
  return 0;
}

function asJson({ webhook, registered, owner }: Standing, arrivals: Arrivals) {
  const { accepted, stored, lastMs } = arrivals.of(webhook.kind);
  return {
    kind: webhook.kind,
    name: webhook.name,
    url: registered.url === undefined ? null : shown(registered.url),
    enabled: registered.isEnabled ?? null,
    owner,
    events_accepted: accepted ?? null,
    events_stored: stored ?? null,
    last_received_at: lastMs === undefined ? null : new Date(lastMs).toISOString(),
  };
}

function table(found: readonly Standing[], arrivals: Arrivals): string {
  return textTable({
    heads: ['kind', 'webhook', 'on', 'ours', 'events', 'last received (UTC)', 'registered URL'],
    right: (column) => column === 4,
    rows: found.map(({ webhook, registered, owner }) => {
      const { accepted, stored, lastMs } = arrivals.of(webhook.kind);
      const events = stored ?? accepted;
      return [
        webhook.kind,
        webhook.name,
        registered.isEnabled === undefined ? 'not told' : registered.isEnabled ? 'yes' : 'no',
        OWNERS[owner],
        events === undefined ? '?' : String(events),
        lastMs === undefined ? '-' : new Date(lastMs).toISOString().slice(0, 19).replace('T', ' '),
        registered.url === undefined ? '-' : shown(registered.url),
      ];
    }),
  });
}

function next(found: readonly Standing[]): string {
  const open = found.filter(
    ({ webhook, owner, registered }) =>
      webhook.call !== undefined &&
      !(owner === 'ours' && registered.isEnabled !== false) &&
      owner !== 'unknown',
  );
  if (open.length === 0) return 'Every webhook that the vendor tells of is registered to our URL.';
  const kinds = open.map(({ webhook }) => webhook.kind).join(' ');
  return `Not registered to our URL: ${kinds}. "npm run qiscus -- enable ${kinds}" does it.`;
}
