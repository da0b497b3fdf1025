import type { ClickHouseClient } from '@clickhouse/client';
import { reportClient } from '../../analytics/report/report.ts';
import { withClickHouse } from '../../cli/clickhouse.ts';
import { runCommand } from '../../cli/command.ts';
import { withLocalPipeline } from '../../cli/local-pipeline.ts';
import { Progress } from '../../cli/progress.ts';
import { markForeign } from '../foreign/mark.ts';
import { keepBooks } from '../pages/keep.ts';
import { readGone } from '../retention/kept.ts';
import { type AuditRequest, readArguments } from './arguments.ts';
import { type Audit, audit } from './audit.ts';
import { readKept } from './chain/kept.ts';
import type { ChainLine, Head } from './chain/line.ts';
import { walkChains } from './chain/walk.ts';
import { CANNOT_SAY, exitCode } from './exit-code.ts';
import { readLedger } from './ledger.ts';
import { askAccepted, askOutboxes, type OutboxStates } from './outboxes.ts';
import { inJson, inText } from './print.ts';
import { sealedOf } from './sealed.ts';
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

async function run(
  settings: AuditSettings,
  { app, waitMs, isVerified, heads }: AuditRequest,
): Promise<Audit> {
  const kept = heads === undefined ? [] : await readKept(heads);
  const target = settings.CLICKHOUSE_URL;
  const stream = new Stream(settings);
  try {
    return await withClickHouse(reportClient(target), target.url, async (client) => {
      // What was taken out of the tables by now is seen; what is inserted from here on is seen without it.
      await keepBooks(client);
      const witnesses = {
        outboxes: () => askOutboxes(settings, app),
        stream: () => stream.ask(),
        ledger: async () => {
          await markForeign(client, () => askAccepted(settings, app));
          return readLedger(client, app);
        },
      };
      const audited = await audit(witnesses, { waitMs, onWait });
      const gone = await readGone(client);
      const sealed = sealedOf(gone);
      const found = sealed.length === 0 ? audited : { ...audited, sealed };
      return isVerified
        ? { ...found, chains: await verified(client, await witnesses.outboxes(), found, kept) }
        : found;
    });
  } finally {
    await stream.close();
  }
}

async function verified(
  client: ClickHouseClient,
  { outboxes }: OutboxStates,
  { lines }: Audit,
  kept: readonly Head[],
): Promise<ChainLine[]> {
  using progress = new Progress();
  const chains = { outboxes, lines, kept };
  return await walkChains(client, chains, (compared, events) => progress.show('compared', compared, events));
}

/** To stderr, so that the answer alone goes into a pipe. */
function onWait({ lines, lag }: Audit): void {
  const open = lines.reduce((sum, { unsettled, missing }) => sum + unsettled + missing, 0);
  console.error(`looking again: ${open} not there yet, ${lag ?? 'unknown'} messages on the stream`);
}
