import type { Tool } from '@modelcontextprotocol/sdk/types.js';
import type { Query, QueryLibrary } from '../report/library.ts';

/** Rows of a list where no other number is asked for: a model reads all of them. */
export const ROWS_AT_FIRST = 100;
/** And at most. */
export const MOST_ROWS = 1_000;

type Schema = Readonly<Record<string, unknown>>;

const TIME = 'such as 2026-11-01, "2026-11-01 14:30" (both in tz) or ISO 8601 with a zone';

/** What a query can be asked with; the API takes the same. */
const PARAMETERS: Readonly<Record<string, Schema>> = {
  from: {
    type: 'string',
    description: `The period begins here, ${TIME}. Default: seven days before its end.`,
  },
  to: { type: 'string', description: `The period ends before this, ${TIME}. Default: now.` },
  tz: {
    type: 'string',
    description: 'IANA time zone of days and hours, and of from and to.',
    default: 'Asia/Jakarta',
  },
  day: { type: 'string', description: 'One day in tz, such as 2026-11-01, instead of from and to.' },
  app: { type: 'string', description: 'One Qiscus app. Default: all; the query filters lists them.' },
  channel: { type: 'string', description: 'One channel as the vendor spells it, such as wa. Default: all.' },
  agent: { type: 'string', description: 'One agent: digits are an id, anything else an e-mail address.' },
  state: {
    type: 'string',
    enum: ['open', 'resolved', 'unresolved', 'waiting', 'reopened', 'noted'],
    description: 'Rows in one state, where the list knows it.',
  },
  room: { type: 'string', description: "A room, by the vendor's id, as other answers have it in room_id." },
  customer: { type: 'string', description: 'A customer, as other answers have it in customer_id.' },
  event: { type: 'string', description: 'An event, as other answers have it in event_id.' },
  weekday: { type: 'integer', minimum: 1, maximum: 7, description: '1 Monday to 7 Sunday.' },
  hour: { type: 'integer', minimum: 0, maximum: 23, description: 'The hour of the day, in tz.' },
  min_seconds: {
    type: 'integer',
    minimum: 0,
    description: 'Time to resolve, or age, from this on, seconds.',
  },
  max_seconds: { type: 'integer', minimum: 0, description: 'And below this, seconds.' },
  limit: {
    type: 'integer',
    minimum: 1,
    maximum: MOST_ROWS,
    default: ROWS_AT_FIRST,
    description: 'Rows of a list; the answer says how many there are in all.',
  },
  offset: {
    type: 'integer',
    minimum: 0,
    default: 0,
    description: 'Rows of a list to leave out before them.',
  },
};

const WITH_EVERY_QUERY = ['from', 'to', 'day', 'tz'];

/** The query library as tools, one a question. */
export function toolsOf(library: QueryLibrary): Tool[] {
  return [...library.values()].map(toolOf);
}

function toolOf(query: Query): Tool {
  return {
    name: query.name,
    title: query.question,
    description: [query.question, query.notes].filter((text) => text !== '').join(' '),
    inputSchema: {
      type: 'object',
      properties: Object.fromEntries(parametersOf(query).map((name) => [name, PARAMETERS[name] ?? {}])),
      required: [...query.needs],
      additionalProperties: false,
    },
    annotations: { readOnlyHint: true, destructiveHint: false, idempotentHint: true, openWorldHint: false },
  };
}

/** The names that a tool takes. */
export function parametersOf({ parameters }: Query): string[] {
  return [...new Set([...WITH_EVERY_QUERY, ...parameters.map(({ name }) => name)])];
}

/** Whether it has a bounded number of its rows at a time. */
export function isList({ parameters }: Query): boolean {
  return parameters.some(({ name }) => name === 'limit');
}
