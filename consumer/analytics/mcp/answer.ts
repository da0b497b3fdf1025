import type { Answers } from '../api/answers.ts';
import { readValues } from '../api/values.ts';
import { COLUMN_DEFINITIONS } from '../queries/columns.ts';
import type { Query, QueryLibrary } from '../report/library.ts';
import { QueryInputError, type QueryValues } from '../report/parameters.ts';
import type { Answer } from '../report/run.ts';
import { isList, MOST_ROWS, parametersOf, ROWS_AT_FIRST } from './tools.ts';

/** Longer than any name or address. */
const MOST_CHARACTERS = 500;

/** What a tool answers. */
export interface ToolAnswer extends Record<string, unknown> {
  readonly question: string;
  readonly notes: string;
  readonly from: string;
  readonly to: string;
  readonly tz: string;
  /** Every event received before is in it; null where none can be told. */
  readonly complete_until: string | null;
  /** Events that are known to exist and are not in it. */
  readonly missing_events: number;
  readonly columns: readonly { readonly name: string; readonly type: string; readonly definition: string }[];
  /** In the order of the columns. */
  readonly rows: Answer['rows'];
}

export interface AskDeps {
  readonly library: QueryLibrary;
  readonly answers: Answers;
}

/**
 * Answers a tool's call as the API would, with what each column holds and up to when it is complete.
 * @throws QueryInputError naming the parameter that does not fit; what asking throws
 */
export async function answerTool(
  query: Query,
  given: Readonly<Record<string, unknown>>,
  { library, answers }: AskDeps,
): Promise<ToolAnswer> {
  const values = readValues(texts(query, given), new Date());
  const { columns, rows, page } = await answers.ask(query, values);
  return {
    question: query.question,
    notes: query.notes,
    from: values.from.toISOString(),
    to: values.to.toISOString(),
    tz: values.tz,
    ...(await completeness(values, { library, answers })),
    columns: columns.map((column) => ({ ...column, definition: COLUMN_DEFINITIONS[column.name] ?? '' })),
    rows,
    ...(page !== undefined && { total: page.total, offset: page.offset, truncated: page.isTruncated }),
  };
}

/** The arguments as a URL's query has them: both are read and refused in one place. */
function texts(query: Query, given: Readonly<Record<string, unknown>>): URLSearchParams {
  const takes = parametersOf(query);
  const params = new URLSearchParams(isList(query) ? { limit: String(ROWS_AT_FIRST) } : {});
  for (const [name, value] of Object.entries(given)) {
    if (!takes.includes(name)) {
      throw new QueryInputError(
        `${query.name} does not take ${JSON.stringify(name.slice(0, 60))}. It takes ${takes.join(', ')}.`,
      );
    }
    if (value === null || value === undefined) continue;
    if (typeof value !== 'string' && typeof value !== 'number') {
      throw new QueryInputError(`${name} must be a text or a number`);
    }
    const text = String(value);
    if (text.length > MOST_CHARACTERS) {
      throw new QueryInputError(`${name} must have ${MOST_CHARACTERS} characters at most`);
    }
    params.set(name, text);
  }
  if (Number(params.get('limit') ?? 1) > MOST_ROWS) {
    throw new QueryInputError(`limit must be 1 to ${MOST_ROWS}; use offset for the rows after them`);
  }
  return params;
}

/** Of the app that lags most: an answer is complete as far as all that it is about is. */
async function completeness({ app, from, to, tz }: QueryValues, { library, answers }: AskDeps) {
  const query = library.get('completeness');
  if (query === undefined) throw new Error('the library lacks the query completeness');
  const { columns, rows } = await answers.ask(query, { app, from, to, tz });
  const column = (name: string) => columns.findIndex((one) => one.name === name);
  const until = rows.map((row) => row[column('complete_until')] ?? null);
  const [earliest = null] = until.map(String).sort();
  const missing = rows.reduce((sum, row) => sum + Number(row[column('missing')] ?? 0), 0);
  return { complete_until: until.includes(null) ? null : earliest, missing_events: missing };
}
