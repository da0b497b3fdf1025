import { styleText } from 'node:util';
import type { ClickHouseClient } from '@clickhouse/client';

import { loadQueries } from '../../consumer/analytics/report/library.ts';
import type { QueryValues } from '../../consumer/analytics/report/parameters.ts';
import { queryNamed } from '../../consumer/analytics/report/report.ts';
import { runQuery } from '../../consumer/analytics/report/run.ts';
import { formatTable } from '../../consumer/analytics/report/table.ts';

/** What a first look should show; `npm run report` has the others. */
const MAIN_REPORTS = ['activity-over-time', 'channels', 'agents', 'open-backlog'];

/** The main reports over a period as text, each under its question. */
export async function mainReports(client: ClickHouseClient, values: QueryValues): Promise<string> {
  const library = loadQueries();
  const sections: string[] = [];
  for (const name of MAIN_REPORTS) {
    const query = queryNamed(library, name);
    const answer = await runQuery(client, query, values);
    sections.push(`${styleText(['bold', 'cyan'], query.question)}\n\n${formatTable(answer)}`);
  }
  return sections.join('\n');
}
