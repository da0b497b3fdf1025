import type { ClickHouseClient } from '@clickhouse/client';
import { beforeWhen, isGone, type NotKept, readGone } from '../../books/retention/kept.ts';
import { dayText } from '../../books/retention/months.ts';
import { withClickHouse } from '../../cli/clickhouse.ts';
import { CommandError, type ExitCode, runCommand } from '../../cli/command.ts';
import { withLocalPipeline } from '../../cli/local-pipeline.ts';
import { Progress } from '../../cli/progress.ts';
import { readMigrationSettings } from '../../config.ts';
import { clickHouseClient, rowsOf } from '../../persist/clickhouse.ts';
import { daysOf, type ExportedDay, exportDay } from './export.ts';
import { IncompleteError } from './file.ts';
import { type ExportOptions, readOptions } from './options.ts';

const TIMEOUT_MS = 600_000;
const DAY_MS = 86_400_000;

/** `npm run export`: stored events as files, a kind and day each, for a data lake. */
await runCommand(run);

async function run(): Promise<ExitCode> {
  const nowMs = Date.now();
  const options = readOptions(process.argv.slice(2), nowMs);
  const { fromMs, toMs } = options;
  if (fromMs >= toMs) throw new CommandError('--from must be a day before --to.');
  const todayMs = Math.floor(nowMs / DAY_MS) * DAY_MS;
  if (toMs > todayMs) {
    throw new CommandError(
      `${dayText(todayMs)} is not over (UTC): its file would lack what is still to come. Use --to ${dayText(todayMs)}.`,
    );
  }
  const target = readMigrationSettings(withLocalPipeline(process.env)).CLICKHOUSE_URL;
  return withClickHouse(
    clickHouseClient(target, { requestTimeoutMs: TIMEOUT_MS }),
    target.url,
    async (client) => {
      if (!options.isAnyway) await requireComplete(client, toMs);
      const { events: notKept } = await readGone(client);
      requireKept(options, notKept);
      const days = await exportAll(client, options, notKept);
      tell(options, days, notKept);
      return 0 as const;
    },
  );
}

/** @throws CommandError where events that were received before may still come in */
async function requireComplete(client: ClickHouseClient, toMs: number): Promise<void> {
  type Row = { readonly app_id: string; readonly until_ms: number | null };
  const rows = await rowsOf<Row>(
    client,
    'SELECT app_id, toUnixTimestamp64Milli(toDateTime64(complete_until, 3)) AS until_ms, missing FROM completeness WHERE missing > 0',
  );
  const behind = rows.filter(({ until_ms }) => until_ms === null || until_ms < toMs);
  if (behind.length === 0) return;
  const apps = behind.map(({ app_id }) => app_id).join(', ');
  throw new CommandError(
    `Of ${apps}, events received before ${dayText(toMs)} are missing: "npm run audit" names them. ` +
      'Files would lack them for ever. An earlier --to, or --anyway, goes on without.',
  );
}

/** @throws CommandError where nothing is left of all that is asked for */
function requireKept(options: ExportOptions, notKept: NotKept): void {
  if (!daysOf(options).every(({ dayMs }) => isGone(notKept, dayMs))) return;
  throw new CommandError(
    `Events received ${beforeWhen(notKept)} are no longer kept: nothing is left to be written.`,
  );
}

async function exportAll(
  client: ClickHouseClient,
  options: ExportOptions,
  notKept: NotKept,
): Promise<ExportedDay[]> {
  using progress = new Progress();
  const asked = daysOf(options);
  const done: ExportedDay[] = [];
  for (const each of asked) {
    progress.show('files', done.length, asked.length, `${each.kind} ${dayText(each.dayMs)}`);
    try {
      done.push(await exportDay(client, each, { ...options, notKept }));
    } catch (error) {
      progress.clear();
      throw advised(error, options);
    }
  }
  progress.clear();
  return done;
}

function advised(error: unknown, { dir }: ExportOptions): unknown {
  if (error instanceof IncompleteError) return new CommandError(error.message, { cause: error });
  const code = (error as NodeJS.ErrnoException).code;
  const isOfDisk =
    code !== undefined && ['EACCES', 'ENOSPC', 'ENOTDIR', 'EROFS', 'EPERM', 'EDQUOT'].includes(code);
  if (!isOfDisk) return error;
  return new CommandError(`${dir} cannot be written to (${code}). The files that are there are complete.`, {
    cause: error,
  });
}

function tell({ isJson, dir }: ExportOptions, days: readonly ExportedDay[], notKept: NotKept): void {
  const written = days.filter(({ outcome }) => outcome === 'written');
  const events = written.reduce((sum, day) => sum + (day.events ?? 0), 0);
  if (isJson) {
    console.log(JSON.stringify({ dir, events, files: days }));
    return;
  }
  const lost = days.filter(({ outcome }) => outcome === 'no longer kept').length;
  const there = days.length - written.length - lost;
  console.log(`${written.length} files written with ${events} events, ${there} were there, in ${dir}.`);
  if (lost > 0)
    console.log(`Events received ${beforeWhen(notKept)} are no longer kept: ${lost} files are not written.`);
}
