import type { Answer, Column, Row, Value } from './values.ts';

/** The API refused, or could not answer; in words for the user. */
export class AskError extends Error {
  override readonly name = 'AskError';
  readonly title: string;

  constructor(title: string, detail: string) {
    super(detail);
    this.title = title;
  }
}

/** What a query is asked with. */
export type Asked = Readonly<Record<string, string>>;

interface Body extends Omit<Answer, 'rows'> {
  readonly columns: readonly Column[];
  readonly rows: readonly (readonly Value[])[];
}

let skewMs = 0;

/** Now by the server's clock: this machine's own may be wrong, and would hide the latest rows. */
export function serverNow(): number {
  return Date.now() + skewMs;
}

/** Where a query's answer is. @param as `.csv` for a file of it */
export function queryUrl(name: string, asked: Asked, as: '' | '.csv' = ''): string {
  const given = Object.entries(asked).filter(([, value]) => value !== '');
  return `/api/queries/${name}${as}?${new URLSearchParams(given)}`;
}

/** Whether an error only says that something newer was asked for. */
export function isReplaced(error: unknown): boolean {
  return error instanceof DOMException && error.name === 'AbortError';
}

/** Asks a query. @throws AskError; an AbortError when the signal fires */
export async function ask(name: string, asked: Asked, signal: AbortSignal): Promise<Answer> {
  const { columns, rows, ...rest } = (await get(queryUrl(name, asked), signal)) as Body;
  const toRow = (values: readonly Value[]): Row =>
    Object.fromEntries(columns.map(({ name }, i) => [name, values[i] ?? null]));
  return { ...rest, columns, rows: rows.map(toRow) };
}

/** A query that can be asked. */
export type Known = Pick<Answer, 'name' | 'question' | 'notes'>;

/** Every query of the library. @throws AskError */
export async function knownQueries(signal: AbortSignal): Promise<readonly Known[]> {
  return ((await get('/api/queries', signal)) as { queries: readonly Known[] }).queries;
}

async function get(url: string, signal: AbortSignal): Promise<unknown> {
  const response = await fetch(url, { signal }).catch((error: unknown) => {
    if (isReplaced(error)) throw error;
    throw new AskError(
      'The dashboard’s server does not answer',
      'Look whether the consumer runs. This page tries again by itself.',
    );
  });
  noteClock(response);
  // The token was changed, or the cookie ran out.
  if (response.status === 401) location.reload();
  const body: unknown = await response.json().catch(() => ({}));
  if (response.ok) return body;
  const { title, detail } = body as { title?: string; detail?: string };
  throw new AskError(
    title ?? `The server answers ${response.status}`,
    detail ?? 'Its log says why. Reload the page to try again.',
  );
}

function noteClock(response: Response): void {
  const serverMs = Date.parse(response.headers.get('date') ?? '');
  // The header has whole seconds: smaller differences are none.
  if (Number.isNaN(serverMs)) return;
  skewMs = Math.abs(serverMs - Date.now()) < 2_000 ? 0 : serverMs - Date.now();
}
