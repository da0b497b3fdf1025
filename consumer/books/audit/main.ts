import { reportClient } from '../../analytics/report/report.ts';
import { withClickHouse } from '../../cli/clickhouse.ts';
import { runCommand } from '../../cli/command.ts';
import { withLocalPipeline } from '../../cli/local-pipeline.ts';
import { markForeign } from '../foreign/mark.ts';
import { type AuditRequest, readArguments } from './arguments.ts';
import { type Audit, audit } from './audit.ts';
import { CANNOT_SAY, exitCode } from './exit-code.ts';
import { readLedger } from './ledger.ts';
import { askAccepted, askOutboxes } from './outboxes.ts';
import { inJson, inText } from './print.ts';
import { type AuditSettings, readAuditSettings } from './settings.ts';
import { Stream } from './stream.ts';

/** `npm run audit`: asks Worker, Kafka and ClickHouse whether every accepted event is where it should be. */

await runCommand(
  async () => {
    const request = readArguments(process.argv.slice(2));
    const found = await run(readAuditSettings(withLocalPipeline(process.env)), request);
    process.stdout.write(request.isJson ? inJson(found) : inText(found));
    return exitCode(found);
  },
  { failed: CANNOT_SAY },
);

async function run(settings: AuditSettings, { app, waitMs }: AuditRequest): Promise<Audit> {
  const target = settings.CLICKHOUSE_URL;
  const stream = new Stream(settings);
  try {
    return await withClickHouse(reportClient(target), target.url, (client) => {
      const witnesses = {
        outboxes: () => askOutboxes(settings, app),
        stream: () => stream.ask(),
        ledger: async () => {
          await markForeign(client, () => askAccepted(settings, app));
          return readLedger(client, app);
        },
      };
      return audit(witnesses, { waitMs, onWait });
    });
  } finally {
    await stream.close();
  }
}

/** To stderr, so that the answer alone goes into a pipe. */
function onWait({ lines, lag }: Audit): void {
  const open = lines.reduce((sum, { unsettled, missing }) => sum + unsettled + missing, 0);
  console.error(`looking again: ${open} not there yet, ${lag ?? 'unknown'} messages on the stream`);
}
