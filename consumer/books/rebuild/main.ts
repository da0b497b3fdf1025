import { runCommand } from '../../cli/command.ts';
import { withLocalPipeline } from '../../cli/local-pipeline.ts';
import { Progress } from '../../cli/progress.ts';
import { readMigrationSettings } from '../../config.ts';
import { clickHouseClient } from '../../persist/clickhouse.ts';
import { readOptions, USAGE } from './options.ts';
import { rebuild } from './rebuild.ts';
import { jsonReport, textReport } from './report.ts';

// A table's windows are small, and counting all of its rows is quick; a large server may have much else to do.
const REQUEST_TIMEOUT_MS = 300_000;

await runCommand(async () => {
  const options = readOptions(process.argv.slice(2));
  if (options === undefined) {
    console.log(USAGE);
    return 0;
  }
  const client = clickHouseClient(
    readMigrationSettings(withLocalPipeline(process.env)).CLICKHOUSE_URL,
    REQUEST_TIMEOUT_MS,
  );
  const progress = new Progress();
  const stopping = new AbortController();
  // The second Ctrl-C ends at once; what is left then, the next run cleans up.
  for (const name of ['SIGINT', 'SIGTERM'] as const) process.once(name, () => stopping.abort());
  try {
    const outcome = await rebuild(options.scope, options.isApply, {
      client,
      show: progress.show.bind(progress),
      signal: stopping.signal,
    });
    progress.clear();
    console.log((options.isJson ? jsonReport : textReport)(options, outcome));
    return 0;
  } catch (error) {
    progress.clear();
    if (!stopping.signal.aborted) throw error;
    console.error(`Interrupted: ${options.scope.table} is as it was.`);
    return 1;
  } finally {
    await client.close();
  }
});
