import { readAuditSettings } from '../../consumer/books/audit/settings.ts';
import { Stream } from '../../consumer/books/audit/stream.ts';
import { withClickHouse } from '../../consumer/cli/clickhouse.ts';
import { runCommand } from '../../consumer/cli/command.ts';
import { withLocalPipeline } from '../../consumer/cli/local-pipeline.ts';
import { Progress } from '../../consumer/cli/progress.ts';
import { clickHouseClient } from '../../consumer/persist/clickhouse.ts';
import { erase } from './erase.ts';
import { readOptions } from './options.ts';
import { inJson, inText, isComplete } from './report.ts';

/** A large table is rewritten part by part. */
const REQUEST_TIMEOUT_MS = 3_600_000;

/** `npm run erase`: removes a customer from tables, dead letters and outboxes. */
await runCommand(async () => {
  const options = readOptions(process.argv.slice(2));
  const settings = readAuditSettings(withLocalPipeline(process.env));
  const stream = new Stream(settings);
  const client = clickHouseClient(settings.CLICKHOUSE_URL, { requestTimeoutMs: REQUEST_TIMEOUT_MS });
  try {
    const outcome = await withClickHouse(client, settings.CLICKHOUSE_URL.url, async () => {
      using progress = new Progress();
      return await erase(options, { client, stream, settings, show: progress.show.bind(progress) });
    });
    const report = options.isJson ? inJson : inText;
    console.log(report(options, outcome, Date.now()));
    return options.isDryRun || isComplete(outcome) ? 0 : 1;
  } finally {
    await stream.close();
  }
});
