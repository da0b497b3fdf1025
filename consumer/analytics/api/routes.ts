import { Hono } from 'hono';
import type { Query, QueryLibrary } from '../report/library.ts';
import { nearest } from '../report/nearest.ts';
import type { QueryValues } from '../report/parameters.ts';
import type { Answer } from '../report/run.ts';
import type { Answers } from './answers.ts';
import { spreadsheetCsv } from './csv.ts';
import { problem, problemOf } from './problem.ts';
import { readValues } from './values.ts';

const FOLDER = '/api/queries';

export interface ApiDeps {
  readonly library: QueryLibrary;
  readonly answers: Answers;
}

/**
 * The query library over HTTP, for the page and for programs:
 * - `GET /api/queries` lists the queries
 * - `GET /api/queries/{name}?app=…&from=…&to=…&tz=…&channel=…` answers one: columns and rows
 * - `GET /api/queries/{name}.csv?…` is the same as CSV
 *
 * A query is asked for by its name alone; no SQL is taken. Errors are `application/problem+json`.
 */
export function apiRoutes({ library, answers }: ApiDeps): Hono {
  const routes = new Hono();
  routes.get(FOLDER, (c) => c.json({ queries: [...library.values()].map(described) }));
  routes.get(`${FOLDER}/:name`, async (c) => {
    try {
      const { name, isCsv } = asked(c.req.param('name'));
      const query = library.get(name);
      if (query === undefined) return noSuchQuery(name, library);
      const values = readValues(new URL(c.req.url).searchParams, new Date());
      const answer = await answers.ask(query, values);
      return isCsv ? csv(query, values, answer) : c.json(answerBody(query, values, answer));
    } catch (error) {
      const reply = problemOf(error);
      if (reply === undefined) throw error;
      return reply;
    }
  });
  return routes;
}

function noSuchQuery(name: string, library: QueryLibrary): Response {
  const near = nearest(name, [...library.keys()]);
  const hint = near.length === 0 ? `GET ${FOLDER} lists them.` : `Did you mean ${near.join(' or ')}?`;
  return problem(404, 'There is no such query', hint);
}

function asked(last: string): { name: string; isCsv: boolean } {
  const isCsv = last.endsWith('.csv');
  return { name: isCsv ? last.slice(0, -'.csv'.length) : last, isCsv };
}

function described({ name, question, notes, parameters }: Query) {
  return { name, question, notes, parameters: parameters.map((parameter) => parameter.name) };
}

/** `ignored`: the filters that were given and that this query does not know, so that nobody takes them for applied. */
function answerBody(query: Query, values: QueryValues, { columns, rows }: Answer) {
  const known = new Set(query.parameters.map(({ name }) => name));
  const given = Object.entries(values).flatMap(([name, value]) => (value === undefined ? [] : [name]));
  const ignored = given.filter((name) => !known.has(name) && !['from', 'to', 'tz'].includes(name));
  return { ...described(query), from: values.from, to: values.to, tz: values.tz, ignored, columns, rows };
}

function csv({ name }: Query, { from, to, tz, app }: QueryValues, answer: Answer): Response {
  // Swedish dates are ISO 8601's. The period ends before `to`.
  const days = new Intl.DateTimeFormat('sv-SE', { timeZone: tz });
  const [first, last] = [days.format(from), days.format(to.getTime() - 1)];
  const file = [name, app?.replace(/[^\w-]/g, '_'), first, last].filter(Boolean).join('_');
  return new Response(spreadsheetCsv(answer), {
    headers: {
      'content-type': 'text/csv; charset=utf-8',
      'content-disposition': `attachment; filename="${file}.csv"`,
    },
  });
}
