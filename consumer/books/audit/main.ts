import { SettingsError } from '../../../schemas/settings.ts';
import { advice, queryFault } from '../../analytics/report/faults.ts';
import { reportClient } from '../../analytics/report/report.ts';
import { withLocalPipeline } from '../../cli/local-pipeline.ts';
import { ArgumentError, type AuditRequest, readArguments, USAGE } from './arguments.ts';
import { type Audit, audit, type Verdict } from './audit.ts';
import { readLedger } from './ledger.ts';
import { askOutboxes } from './outboxes.ts';
import { inJson, inText } from './print.ts';
import { type AuditSettings, readAuditSettings } from './settings.ts';
import { Stream } from './stream.ts';

/** `npm run audit`: asks Worker, Kafka and ClickHouse whether every accepted event is where it should be. */

const CANNOT_SAY = 2;
const EXIT_CODES: Readonly<Record<Verdict, number>> = {
  balanced: 0,
  'in-flight': 0,
  unbalanced: 1,
  unknown: CANNOT_SAY,
};

async function run(settings: AuditSettings, { app, waitMs }: AuditRequest): Promise<Audit> {
  const client = reportClient(settings.CLICKHOUSE_URL);
  const stream = new Stream(settings);
  const witnesses = {
    outboxes: () => askOutboxes(settings, app),
    stream: () => stream.ask(),
    ledger: () => readLedger(client, app),
  };
  try {
    return await audit(witnesses, { waitMs, onWait });
  } finally {
    await Promise.all([client.close(), stream.close()]);
  }
}

/** To stderr, so that the answer alone goes into a pipe. */
function onWait({ lines, lag }: Audit): void {
  const open = lines.reduce((sum, { unsettled, missing }) => sum + unsettled + missing, 0);
  console.error(`looking again: ${open} not there yet, ${lag ?? 'unknown'} messages on the stream`);
}

async function main(): Promise<number> {
  const request = readArguments(process.argv.slice(2));
  if (request.help) {
    process.stdout.write(USAGE);
    return 0;
  }
  const settings = readAuditSettings(withLocalPipeline(process.env));
  try {
    const found = await run(settings, request);
    process.stdout.write(request.json ? inJson(found) : inText(found));
    return EXIT_CODES[found.verdict];
  } catch (error) {
    const fault = queryFault(error);
    if (fault === undefined) throw error;
    console.error(`${advice(fault, settings.CLICKHOUSE_URL.url)}\nThe books cannot be read without it.`);
    return CANNOT_SAY;
  }
}

try {
  process.exitCode = await main();
} catch (error) {
  if (!(error instanceof ArgumentError || error instanceof SettingsError)) throw error;
  console.error(error.message);
  process.exitCode = CANNOT_SAY;
}
