import { Hono } from 'hono';
import { formatCsv } from '../report/csv.ts';
import type { Query, QueryLibrary } from '../report/library.ts';
import { nearest } from '../report/nearest.ts';
import type { QueryValues } from '../report/parameters.ts';
import type { Answer } from '../report/run.ts';
import type { Answers, Told } from './answers.ts';
import { problem, problemOf } from './problem.ts';
import { readAsked } from './values.ts';

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
 * A period can end now, and begin so long before: `from=now-7d`. An answer says the period that it is of (`from`, `to`)
 * and up to when it is complete; its ETag is the same until another is told, so that who has it gets 304.
 *
 * A list gives `limit` rows from `offset` on: `total` says how many there are, `truncated` that there are more after
 * these, and `next` where; the CSV says it by `Link: <…>; rel="next"`, `X-Total-Count` and in its file name.
 * A query is asked for by its name alone; no SQL is taken. Errors are `application/problem+json`.
 */
export function apiRoutes({ library, answers }: ApiDeps): Hono {
  const routes = new Hono();
  routes.get(FOLDER, (c) => c.json({ queries: [...library.values()].map(described) }));
  routes.get(`${FOLDER}/:name`, async (c) => {
    try {
      const { name, isCsv } = called(c.req.param('name'));
      const query = library.get(name);
      if (query === undefined) return noSuchQuery(name, library);
      const url = new URL(c.req.url);
      const asked = readAsked(url.searchParams, new Date());
      const told = await answers.ask(query, asked, c.req.raw.signal);
      // Weak, since it may go out compressed.
      const etag = `W/"${told.tag}"`;
      c.header('etag', etag);
      if (isKnown(c.req.header('if-none-match'), etag)) return c.body(null, 304);
      const next = nextPage(url, told);
      return isCsv ? csv(query, told, next, etag) : c.json(answerBody(query, told, next));
    } catch (error) {
      const reply = problemOf(error);
      if (reply === undefined) throw error;
      return reply;
    }
  });
  return routes;
}

/** Whether an If-None-Match names it. */
function isKnown(header: string | undefined, etag: string): boolean {
  return header?.split(',').some((one) => one.trim() === etag) ?? false;
}

function noSuchQuery(name: string, library: QueryLibrary): Response {
  const near = nearest(name, [...library.keys()]);
  const hint = near.length === 0 ? `GET ${FOLDER} lists them.` : `Did you mean ${near.join(' or ')}?`;
  return problem(404, 'There is no such query', hint);
}

function called(last: string): { name: string; isCsv: boolean } {
  const isCsv = last.endsWith('.csv');
  return { name: isCsv ? last.slice(0, -'.csv'.length) : last, isCsv };
}

function described({ name, question, notes, parameters, needs }: Query) {
  return { name, question, notes, parameters: parameters.map((parameter) => parameter.name), needs };
}

function answerBody(query: Query, told: Told, next: string | undefined) {
  const { from, to, tz } = told.values;
  const { columns, rows, page } = told.answer;
  const body = { ...described(query), from, to, tz, ...told.completeness, columns, rows };
  if (page === undefined) return body;
  const { limit, offset, total, isTruncated } = page;
  return { ...body, limit, offset, total, truncated: isTruncated, next: next ?? null };
}

/** The path of a list's next page. Its period is that of this one, so that no row is on both, or on neither. */
function nextPage(url: URL, { values, answer }: Told): string | undefined {
  const { from, to } = values;
  const { rows, page } = answer;
  if (page === undefined || !page.isTruncated) return undefined;
  const next = new URL(url);
  next.searchParams.set('from', from.toISOString());
  next.searchParams.set('to', to.toISOString());
  next.searchParams.set('offset', String(page.offset + rows.length));
  return next.pathname + next.search;
}

function csv(query: Query, { values, answer }: Told, next: string | undefined, etag: string): Response {
  const { page } = answer;
  return new Response(formatCsv(answer, { isMarked: true }), {
    headers: {
      etag,
      'content-type': 'text/csv; charset=utf-8',
      'content-disposition': `attachment; filename="${fileName(query, values, answer)}.csv"`,
      ...(typeof page?.total === 'number' && { 'x-total-count': String(page.total) }),
      ...(next !== undefined && { link: `<${next}>; rel="next"` }),
    },
  });
}

/** Such as `session-list_demo_2026-11-01_2026-11-07_rows-1-1000-of-2345`: whoever opens it sees that it is a part. */
function fileName({ name }: Query, { from, to, tz, app }: QueryValues, { rows, page }: Answer): string {
  // Swedish dates are ISO 8601's. The period ends before `to`.
  const days = new Intl.DateTimeFormat('sv-SE', { timeZone: tz });
  const [first, last] = [days.format(from), days.format(to.getTime() - 1)];
  const isPart = page !== undefined && (page.isTruncated || page.offset > 0) && rows.length > 0;
  const part = isPart ? `rows-${page.offset + 1}-${page.offset + rows.length}-of-${page.total}` : undefined;
  return [name, app?.replace(/[^\w-]/g, '_'), first, last, part].filter(Boolean).join('_');
}
