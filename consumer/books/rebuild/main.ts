import { withClickHouse } from '../../cli/clickhouse.ts';
import { runCommand } from '../../cli/command.ts';
import { withLocalPipeline } from '../../cli/local-pipeline.ts';
import { Progress } from '../../cli/progress.ts';
import { readMigrationSettings } from '../../config.ts';
import { clickHouseClient } from '../../persist/clickhouse.ts';
import { readOptions } from './options.ts';
import { rebuild } from './rebuild.ts';
import { jsonReport, textReport } from './report.ts';

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
    const outcome = await withClickHouse(
      clickHouseClient(target, REQUEST_TIMEOUT_MS),
      target.url,
      async (client) => {
        using progress = new Progress();
        return await rebuild(options.scope, options.isApply, {
          client,
          show: progress.show.bind(progress),
          signal,
        });
      },
    );
    console.log((options.isJson ? jsonReport : textReport)(options, outcome));
    return 0;
  } catch (error) {
    if (!signal.aborted) throw error;
    console.error(`Interrupted: ${options.scope.table} is as it was.`);
    return 1;
  }
});
