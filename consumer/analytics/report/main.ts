import { withClickHouse } from '../../cli/clickhouse.ts';
import { CommandError, type ExitCode, runCommand } from '../../cli/command.ts';
import { withLocalPipeline } from '../../cli/local-pipeline.ts';
import { readMigrationSettings } from '../../config.ts';
import { helpText, type ReportRequest, readArguments } from './arguments.ts';
import { completeness } from './completeness.ts';
import { format } from './formats.ts';
import { loadQueries } from './library.ts';
import { QueryInputError } from './parameters.ts';
import { listing, queryNamed, reportClient } from './report.ts';
import { type Page, runQuery } from './run.ts';

/** `npm run report`: lists the queries of the library, or asks one and prints its answer. */
await runCommand(async (): Promise<ExitCode> => {
  try {
    process.stdout.write(await answer(readArguments(process.argv.slice(2), new Date())));
    return 0;
  } catch (error) {
    throw error instanceof QueryInputError ? new CommandError(error.message, { cause: error }) : error;
  }
});

async function answer(request: ReportRequest): Promise<string> {
  const library = loadQueries();
  if (request.what === 'list') return `${listing(library)}\n${helpText()}`;
  const query = queryNamed(library, request.name);
  const target = readMigrationSettings(withLocalPipeline(process.env)).CLICKHOUSE_URL;
  return withClickHouse(reportClient(target), target.url, async (client) => {
    const result = await runQuery(client, query, request.values);
    if (request.format === 'table') {
      const complete = await completeness(client, library, request.values, target.url);
      console.error(heading([query.question, query.notes, complete], result.rows.length));
    }
    if (result.page !== undefined) console.error(pageLine(result.rows.length, result.page));
    return format(result, request.format);
  });
}

/** Such as `Rows 1 to 1,000 of 2,345: add --page 2 for the next.` */
function pageLine(rows: number, { offset, limit, total, isTruncated }: Page): string {
  const count = (number: number) => number.toLocaleString('en');
  if (rows === 0) return `No rows${offset === 0 ? '' : ' on this page: it lies behind the last'}.`;
  const next = isTruncated ? `: add --page ${Math.floor(offset / limit) + 2} for the next` : '';
  return `Rows ${count(offset + 1)} to ${count(offset + rows)} of ${count(total ?? 0)}${next}.`;
}

/** To stderr, so that the table alone goes into a pipe. */
function heading(lines: readonly string[], rows: number): string {
  const none =
    rows === 0 ? '\nNothing in this period: ask for another with --from and --to, or for --app.' : '';
  return `${lines.filter((line) => line !== '').join('\n')}${none}\n`;
}
