import { SettingsError } from '../../../schemas/settings.ts';
import { withLocalPipeline } from '../../cli/local-pipeline.ts';
import { readMigrationSettings } from '../../config.ts';
import { type ReportRequest, readArguments, USAGE } from './arguments.ts';
import { completeness } from './completeness.ts';
import { advice, queryFault } from './faults.ts';
import { format } from './formats.ts';
import { loadQueries } from './library.ts';
import { QueryInputError } from './parameters.ts';
import { listing, queryNamed, reportClient } from './report.ts';
import { runQuery } from './run.ts';

/** `npm run report`: lists the queries of the library, or asks one and prints its answer. */
const target = () => readMigrationSettings(withLocalPipeline(process.env)).CLICKHOUSE_URL;

async function answer(request: ReportRequest): Promise<string> {
  const library = loadQueries();
  if (request.what === 'help') return USAGE;
  if (request.what === 'list') return `${listing(library)}\n${USAGE}`;
  const query = queryNamed(library, request.name);
  const client = reportClient(target());
  try {
    const result = await runQuery(client, query, request.values);
    if (request.format === 'table') {
      const complete = await completeness(client, library, request.values);
      console.error(heading([query.question, query.notes, complete], result.rows.length));
    }
    return format(result, request.format);
  } finally {
    await client.close();
  }
}

/** To stderr, so that the table alone goes into a pipe. */
function heading(lines: readonly string[], rows: number): string {
  const none =
    rows === 0 ? '\nNothing in this period: ask for another with --from and --to, or for --app.' : '';
  return `${lines.filter((line) => line !== '').join('\n')}${none}\n`;
}

try {
  process.stdout.write(await answer(readArguments(process.argv.slice(2), new Date())));
} catch (error) {
  const fault = queryFault(error);
  if (fault !== undefined) console.error(advice(fault, target().url));
  else if (error instanceof QueryInputError || error instanceof SettingsError) console.error(error.message);
  else throw error;
  process.exitCode = 1;
}
