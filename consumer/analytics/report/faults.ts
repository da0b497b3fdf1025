import { ClickHouseError } from '@clickhouse/client';

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
 */
export type QueryFault = 'unreachable' | 'not-migrated' | 'refused' | 'too-slow';

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
};

/** Sorts what a query threw by its class and code; undefined for a bug. */
export function queryFault(error: unknown): QueryFault | undefined {
  if (error instanceof ClickHouseError) return FAULT_OF_TYPE[error.type ?? ''];
  if (error instanceof AggregateError) return queryFault(error.errors[0]);
  if (!(error instanceof Error)) return undefined;
  const code = 'code' in error ? error.code : undefined;
  if (typeof code === 'string' && UNREACHABLE.has(code)) return 'unreachable';
  return error.cause === undefined ? undefined : queryFault(error.cause);
}

/** What to do about a fault, for whoever asked. @param url without a password */
export function advice(fault: QueryFault, url: string): string {
  return {
    unreachable: `No ClickHouse answers at ${url}. Start the pipeline with "npm start", or set CLICKHOUSE_URL.`,
    'not-migrated': `ClickHouse at ${url} lacks a table or view of this version. Run "npm run migrate".`,
    refused: `ClickHouse at ${url} refuses this user. Check the user and password in CLICKHOUSE_URL.`,
    'too-slow': 'The query took too long. Ask for a shorter period with --from and --to.',
  }[fault];
}
