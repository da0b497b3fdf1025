import type { Answers } from '../api/answers.ts';
import type { Completeness } from '../api/completeness.ts';
import { readAsked } from '../api/values.ts';
import { COLUMN_DEFINITIONS } from '../queries/columns.ts';
import type { Query } from '../report/library.ts';
import { QueryInputError } from '../report/parameters.ts';
import type { Answer } from '../report/run.ts';
import { isList, MOST_ROWS, parametersOf, ROWS_AT_FIRST } from './tools.ts';

/** Longer than any name or address. */
const MOST_CHARACTERS = 500;

/** What a tool answers. */
export interface ToolAnswer extends Completeness, Record<string, unknown> {
  readonly question: string;
  readonly notes: string;
  readonly from: string;
  readonly to: string;
  readonly tz: string;
  readonly columns: readonly { readonly name: string; readonly type: string; readonly definition: string }[];
  /** In the order of the columns. */
  readonly rows: Answer['rows'];
}

/**
 * Answers a tool's call as the API would, with what each column holds and up to when it is complete.
 * @param leaves fires when the client wants it no more
 * @throws QueryInputError naming the parameter that does not fit; what asking throws
 */
export async function answerTool(
  query: Query,
  given: Readonly<Record<string, unknown>>,
  answers: Answers,
  leaves: AbortSignal,
): Promise<ToolAnswer> {
  const { values, answer, completeness } = await answers.ask(
    query,
    readAsked(texts(query, given), new Date()),
    leaves,
  );
  const { columns, rows, page } = answer;
  return {
    question: query.question,
    notes: query.notes,
    from: values.from.toISOString(),
    to: values.to.toISOString(),
    tz: values.tz,
    ...completeness,
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
