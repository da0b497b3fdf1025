import { type QueryFault, queryFault } from '../../query-faults.ts';
import { QueryInputError } from '../report/parameters.ts';
import { SlowAnswerError } from './answers.ts';
import { NoAnswerError } from './pulse.ts';
import { TooLargeError } from './too-large.ts';
import { BusyError } from './turns.ts';

/** An error as RFC 9457 has it: what happened, and what to do. */
export function problem(status: number, title: string, detail: string): Response {
  return Response.json(
    { title, status, detail },
    {
      status,
      headers: {
        'content-type': 'application/problem+json',
        ...(status === 503 && { 'retry-after': '5' }),
      },
    },
  );
}

/** The reply for what asking threw; undefined for a bug. */
export function problemOf(error: unknown): Response | undefined {
  if (error instanceof QueryInputError) return problem(400, 'This cannot be asked', error.message);
  if (error instanceof BusyError) {
    return problem(503, 'Too many ask at once', 'Nothing is lost. Ask again in a few seconds.');
  }
  if (error instanceof TooLargeError) return problem(422, 'This question is too large', error.message);
  const fault = faultOf(error);
  return fault === undefined ? undefined : problem(...PROBLEMS[fault]);
}

function faultOf(error: unknown): QueryFault | undefined {
  if (error instanceof NoAnswerError) return 'unreachable';
  if (error instanceof SlowAnswerError) return 'too-slow';
  return queryFault(error);
}

const PROBLEMS: Readonly<Record<QueryFault, [status: number, title: string, detail: string]>> = {
  unreachable: [
    503,
    'ClickHouse does not answer',
    'Events are kept meanwhile, and none is lost. Look whether ClickHouse runs and CLICKHOUSE_READER_URL is right.',
  ],
  'not-migrated': [
    503,
    'ClickHouse lacks a table of this version',
    'Run "npm run migrate", and look whether CLICKHOUSE_READER_URL names the right database.',
  ],
  refused: [
    503,
    'ClickHouse refuses the reading user',
    'Check the user and password in CLICKHOUSE_READER_URL. The user needs SELECT on the database, and readonly = 2 in its settings.',
  ],
  other: [502, 'ClickHouse could not answer', 'Its log says why. Nothing is lost. Ask again, or for less.'],
  // Of a query, what to narrow is said by TooLargeError.
  'too-large': [422, 'This question is too large', 'Choose a shorter period, or one app or channel.'],
  'too-slow': [504, 'The answer took too long', 'Choose a shorter period, or one app or channel.'],
};
