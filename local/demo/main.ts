import { type ClickHouseClient, ClickHouseLogLevel, createClient } from '@clickhouse/client';
import type { Period } from '../../consumer/analytics/report/period.ts';
import { withClickHouse } from '../../consumer/cli/clickhouse.ts';
import { type ExitCode, runCommand } from '../../consumer/cli/command.ts';
import { Progress } from '../../consumer/cli/progress.ts';
import { readMigrationSettings } from '../../consumer/config.ts';
import { type LocalSettings, readSettings } from '../settings.ts';
import { Trouble } from '../trouble.ts';
import { type DemoOptions, readArguments } from './arguments.ts';
import { acceptedBetween, type Stretch, untilArrived } from './arrival.ts';
import { type Edge, sequencesOf } from './edge.ts';
import { mainReports } from './reports.ts';
import { samplesFor } from './samples.ts';
import { send, type Tally } from './send.ts';
import { type Delivery, simulate } from './simulator/simulate.ts';

/** `npm run demo`: the samples and a simulated week through the running pipeline, and what the reports say of it. */

const TZ = 'Asia/Jakarta';
const count = (n: number) => n.toLocaleString('en-US');

async function demo(
  options: DemoOptions,
  settings: LocalSettings,
  client: ClickHouseClient,
): Promise<ExitCode> {
  const { app, endMs = Date.now() } = options;
  if (endMs > Date.now())
    throw new Trouble('--end must not lie in the future: nothing was received there yet.');
  const edge = edgeOf(options, settings);
  const before = await sequencesOf(edge, app);
  // Everything that stands in the way is better said before twelve thousand webhooks are on theirs.
  await client.command({
    query: 'SELECT 1 FROM agent_daily(tz = {tz:String}) LIMIT 0',
    query_params: { tz: TZ },
  });

  const week = simulate({ ...options, endMs, apps: [app] });
  const samples = await sendShown('samples', edge, samplesFor(app), options);
  const sent = await sendShown('simulated week', edge, week.deliveries, options);
  await awaitShown(client, { app, before, after: await sequencesOf(edge, app) });

  const period = { from: new Date(week.startMs), to: new Date(Math.ceil(endMs / 1000) * 1000) };
  console.log(`\n${await mainReports(client, { ...period, app, tz: TZ })}`);
  console.log(whereToGo(options, settings, period));
  return samples.refused.size + sent.refused.size === 0 ? 0 : 1;
}

function edgeOf({ app, url, token }: DemoOptions, { ports, workerVars }: LocalSettings): Edge {
  const tokens: Record<string, string[]> = JSON.parse(workerVars.WEBHOOK_TOKENS ?? '{}');
  return {
    url: url?.replace(/\/$/, '') ?? `http://127.0.0.1:${ports.worker}`,
    token: token ?? tokens[app]?.[0] ?? 'local-token',
    adminToken: workerVars.ADMIN_TOKEN ?? '',
  };
}

async function sendShown(
  what: string,
  edge: Edge,
  stream: readonly Delivery[],
  { rate }: DemoOptions,
): Promise<Tally> {
  const startedMs = performance.now();
  const perSecond = (sent: number) => count(Math.round(sent / ((performance.now() - startedMs) / 1000)));
  using progress = new Progress({ isKept: true });
  const tally = await send(edge, stream, {
    rate,
    onProgress: ({ sent }) => progress.show(what, sent, stream.length, `${perSecond(sent)} per second`),
  });
  progress.end();
  console.log(`  ${inWords(tally)}`);
  return tally;
}

/** Such as `11,673 new, 336 redeliveries not counted again, 8 known from before, 0 refused`. */
function inWords({ fresh, redelivered, known, refused, pauses }: Tally): string {
  const statuses = [...refused].map(([status, times]) => `${count(times)} refused with ${status}`);
  return [
    `${count(fresh)} new`,
    `${count(redelivered)} redeliveries not counted again`,
    `${count(known)} known from before`,
    ...(statuses.length > 0 ? statuses : ['0 refused']),
    ...(pauses > 0 ? [`waited for the Worker ${count(pauses)} times`] : []),
  ].join(', ');
}

async function awaitShown(client: ClickHouseClient, stretch: Stretch): Promise<void> {
  using progress = new Progress({ isKept: true });
  const total = acceptedBetween(stretch);
  await untilArrived(client, stretch, (events) => progress.show('in ClickHouse', events, total));
}

function whereToGo({ app }: DemoOptions, { ports }: LocalSettings, { from, to }: Period): string {
  const local = (time: Date) =>
    time.toLocaleString('sv-SE', { timeZone: TZ, dateStyle: 'short', timeStyle: 'short' });
  return `Dashboard     http://127.0.0.1:${ports.consumer}/
Covers        ${local(from)} to ${local(to)} (${TZ}), app ${app}
More reports  npm run report
`;
}

await runCommand(async () => {
  const options = readArguments(process.argv.slice(2));
  const settings = readSettings(process.env);
  const target = readMigrationSettings({ CLICKHOUSE_URL: settings.clickHouseUrl }).CLICKHOUSE_URL;
  // What goes wrong is told by withClickHouse; the client need not print it.
  const reader = createClient({ ...target, log: { level: ClickHouseLogLevel.OFF } });
  return withClickHouse(reader, target.url, (client) => demo(options, settings, client));
});
