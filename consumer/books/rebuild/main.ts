import type { ClickHouseClient } from '@clickhouse/client';
import { withClickHouse } from '../../cli/clickhouse.ts';
import { runCommand } from '../../cli/command.ts';
import { withLocalPipeline } from '../../cli/local-pipeline.ts';
import { Progress } from '../../cli/progress.ts';
import { readMigrationSettings } from '../../config.ts';
import { clickHouseClient } from '../../persist/clickhouse.ts';
import { type RebuildOptions, readOptions, type Target } from './options.ts';
import { type RebuildDeps, rebuild } from './rebuild.ts';
import { jsonReport, textReport } from './report.ts';
import { foundInJson, foundInText } from './unrecognized/report.ts';
import { adoptUnrecognized } from './unrecognized/unrecognized.ts';

// A table's windows are small, and counting all of its rows is quick; a large server may have much else to do.
const REQUEST_TIMEOUT_MS = 300_000;

await runCommand(async () => {
  const options = readOptions(process.argv.slice(2));
  const target = readMigrationSettings(withLocalPipeline(process.env)).CLICKHOUSE_URL;
  const stopping = new AbortController();
  const { signal } = stopping;
  // The second Ctrl-C ends at once; what is left then, the next run cleans up.
  for (const name of ['SIGINT', 'SIGTERM'] as const) process.once(name, () => stopping.abort());
  try {
    const client = clickHouseClient(target, { requestTimeoutMs: REQUEST_TIMEOUT_MS });
    console.log(await withClickHouse(client, target.url, () => run(options, client, signal)));
    return 0;
  } catch (error) {
    if (!signal.aborted) throw error;
    console.error(`Interrupted: ${whatIsLeft(options.target)}`);
    return 1;
  }
});

/** @returns the report */
async function run(
  { target, isApply, isJson }: RebuildOptions,
  client: ClickHouseClient,
  signal: AbortSignal,
): Promise<string> {
  using progress = new Progress();
  const deps: RebuildDeps = { client, show: progress.show.bind(progress), signal };
  if (target.what === 'table') {
    const outcome = await rebuild(target.scope, isApply, deps);
    return isJson ? jsonReport(target.scope, outcome) : textReport(target.scope, outcome);
  }
  const found = await adoptUnrecognized(target.extent, isApply, deps);
  return isJson ? foundInJson(target.extent, found) : foundInText(found);
}

function whatIsLeft(target: Target): string {
  return target.what === 'table'
    ? `${target.scope.table} is as it was.`
    : 'what became facts by then stays. Run it again for the rest.';
}
