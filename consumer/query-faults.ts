import { ClickHouseError } from '@clickhouse/client';
import { describeFault } from './persist/faults.ts';

const UNREACHABLE = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'ENOTFOUND',
  'EAI_AGAIN',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'EPIPE',
]);

/**
 * Why a query got no answer.
 * - `unreachable`: nothing answers at the address
 * - `not-migrated`: the database, a table or a view is missing
 * - `refused`: wrong user or password, or no right to read
 * - `too-slow`: it took longer than it may
 * - `too-large`: it would read, hold or answer more than it may
 * - `other`: ClickHouse answers with another error
 */
export type QueryFault = 'unreachable' | 'not-migrated' | 'refused' | 'too-slow' | 'too-large' | 'other';

const FAULT_OF_TYPE: Readonly<Record<string, QueryFault>> = {
  UNKNOWN_TABLE: 'not-migrated',
  UNKNOWN_DATABASE: 'not-migrated',
  UNKNOWN_IDENTIFIER: 'not-migrated',
  UNKNOWN_FUNCTION: 'not-migrated',
  AUTHENTICATION_FAILED: 'refused',
  REQUIRED_PASSWORD: 'refused',
  ACCESS_DENIED: 'refused',
  READONLY: 'refused',
  TIMEOUT_EXCEEDED: 'too-slow',
  TOO_MANY_ROWS: 'too-large',
  TOO_MANY_BYTES: 'too-large',
  TOO_MANY_ROWS_OR_BYTES: 'too-large',
  MEMORY_LIMIT_EXCEEDED: 'too-large',
};

/** Sorts what a query threw by its class and code; undefined for a bug. */
export function queryFault(error: unknown): QueryFault | undefined {
  if (error instanceof ClickHouseError) return FAULT_OF_TYPE[error.type ?? ''] ?? 'other';
  if (error instanceof AggregateError) return queryFault(error.errors[0]);
  if (!(error instanceof Error)) return undefined;
  const code = 'code' in error ? error.code : undefined;
  if (typeof code === 'string' && UNREACHABLE.has(code)) return 'unreachable';
  return error.cause === undefined ? undefined : queryFault(error.cause);
}

/**
 * What a query threw and what to do about it, for whoever asked, without the server's own text, which may quote a row;
 * undefined for a bug.
 * @param url without a password
 */
export function advice(error: unknown, url: string): string | undefined {
  const fault = queryFault(error);
  if (fault === undefined) return undefined;
  return {
    unreachable: `No ClickHouse answers at ${url}. Start the pipeline with "npm start", or set CLICKHOUSE_URL.`,
    'not-migrated': `ClickHouse at ${url} lacks a table or view of this version. Run "npm run migrate".`,
    refused: `ClickHouse at ${url} refuses this user. Check the user and password in CLICKHOUSE_URL.`,
    'too-slow': 'The query took too long. Ask for a shorter period with --from and --to.',
    'too-large':
      'The query is too large. Ask for a shorter period with --from and --to, or one app or channel.',
    other: `ClickHouse at ${url} fails with ${describeFault(error).code}. Its log says more.`,
  }[fault];
}
