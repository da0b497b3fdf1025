import { type ClickHouseClient, ClickHouseLogLevel, createClient } from '@clickhouse/client';
import { advice, queryFault } from '../../consumer/analytics/report/faults.ts';
import type { Period } from '../../consumer/analytics/report/period.ts';
import { readMigrationSettings } from '../../consumer/config.ts';
import { SettingsError } from '../../schemas/settings.ts';
import { type LocalSettings, readSettings } from '../settings.ts';
import { survivePipeEnd } from '../terminal.ts';
import { Trouble } from '../trouble.ts';
import { type DemoOptions, readArguments, USAGE } from './arguments.ts';
import { acceptedBetween, type Stretch, untilArrived } from './arrival.ts';
import { type Edge, sequencesOf } from './edge.ts';
import { showProgress } from './progress.ts';
import { mainReports } from './reports.ts';
import { samplesFor } from './samples.ts';
import { send, type Tally } from './send.ts';
import { type Delivery, simulate } from './simulator/simulate.ts';

/** `npm run demo`: the samples and a simulated week through the running pipeline, and what the reports say of it. */

const TZ = 'Asia/Jakarta';
const count = (n: number) => n.toLocaleString('en-US');

async function demo(options: DemoOptions, settings: LocalSettings, client: ClickHouseClient): Promise<void> {
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
  await sendShown('samples', edge, samplesFor(app), options);
  await sendShown('simulated week', edge, week.deliveries, options);
  await awaitShown(client, { app, before, after: await sequencesOf(edge, app) });

  const period = { from: new Date(week.startMs), to: new Date(Math.ceil(endMs / 1000) * 1000) };
  console.log(`\n${await mainReports(client, { ...period, app, tz: TZ })}`);
  console.log(whereToGo(options, settings, period));
}

function edgeOf({ app, url, token }: DemoOptions, { ports, workerVars }: LocalSettings): Edge {
  const tokens: Record<string, string[]> = JSON.parse(workerVars.WEBHOOK_TOKENS ?? '{}');
  return {
    url: url?.replace(/\/$/, '') ?? `http://127.0.0.1:${ports.worker}`,
    token: token ?? tokens[app]?.[0] ?? 'local-token',
    adminToken: workerVars.ADMIN_TOKEN ?? '',
  };
}

async function sendShown(what: string, edge: Edge, stream: readonly Delivery[], { rate }: DemoOptions) {
  const startedMs = performance.now();
  const perSecond = (sent: number) => count(Math.round(sent / ((performance.now() - startedMs) / 1000)));
  const progress = showProgress(what, stream.length);
  const tally = await send(edge, stream, {
    rate,
    onProgress: ({ sent }) => progress.update(sent, `${perSecond(sent)} per second`),
  }).finally(progress.end);
  console.log(`  ${inWords(tally)}`);
  if (tally.refused.size > 0) process.exitCode = 1;
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
  const progress = showProgress('in ClickHouse', acceptedBetween(stretch));
  await untilArrived(client, stretch, (events) => progress.update(events)).finally(progress.end);
}

function whereToGo({ app }: DemoOptions, { ports }: LocalSettings, { from, to }: Period): string {
  const local = (time: Date) =>
    time.toLocaleString('sv-SE', { timeZone: TZ, dateStyle: 'short', timeStyle: 'short' });
  return `Dashboard     http://127.0.0.1:${ports.consumer}/
Covers        ${local(from)} to ${local(to)} (${TZ}), app ${app}
More reports  npm run report
`;
}

async function main(): Promise<void> {
  const options = readArguments(process.argv.slice(2));
  if (options === undefined) {
    console.log(USAGE);
    return;
  }
  const settings = readSettings(process.env);
  const target = readMigrationSettings({ CLICKHOUSE_URL: settings.clickHouseUrl }).CLICKHOUSE_URL;
  // What goes wrong is told below; the client need not print it.
  const client = createClient({ ...target, log: { level: ClickHouseLogLevel.OFF } });
  try {
    await demo(options, settings, client);
  } catch (error) {
    const fault = queryFault(error);
    throw fault === undefined ? error : new Trouble(advice(fault, target.url));
  } finally {
    await client.close();
  }
}

survivePipeEnd();
try {
  await main();
} catch (error) {
  if (!(error instanceof Trouble || error instanceof SettingsError)) throw error;
  console.error(`\n${error.message}`);
  process.exitCode = 1;
}
