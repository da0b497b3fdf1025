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

interface Body extends Omit<Answer, 'rows' | 'asked' | 'ignored'> {
  readonly columns: readonly Column[];
  readonly rows: readonly (readonly Value[])[];
}

const LIST_TIMEOUT_MS = 30_000;

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

/** The filters above the page, which stand for all that goes by them. What else a query does not take, it refuses. */
const PAGE_FILTERS = ['app', 'channel'];

/** Asks a query. @throws AskError; an AbortError when the signal fires */
export async function ask(name: string, wanted: Asked, signal: AbortSignal): Promise<Answer> {
  const takes = (await knownQueries()).find((query) => query.name === name)?.parameters ?? PAGE_FILTERS;
  const ignored = PAGE_FILTERS.filter((filter) => wanted[filter] && !takes.includes(filter));
  const asked = Object.fromEntries(Object.entries(wanted).filter(([filter]) => !ignored.includes(filter)));
  const { columns, rows, ...rest } = (await get(queryUrl(name, asked), signal)) as Body;
  const toRow = (values: readonly Value[]): Row =>
    Object.fromEntries(columns.map(({ name }, i) => [name, values[i] ?? null]));
  return { ...rest, asked, ignored, columns, rows: rows.map(toRow) };
}

/** A query that can be asked, with the filters that it takes. */
export interface Known extends Pick<Answer, 'name' | 'question' | 'notes'> {
  readonly parameters: readonly string[];
}

let known: Promise<readonly Known[]> | undefined;

/** Every query of the library; asked for once. @throws AskError */
export function knownQueries(): Promise<readonly Known[]> {
  known ??= get('/api/queries', AbortSignal.timeout(LIST_TIMEOUT_MS)).then(
    (body) => (body as { queries: readonly Known[] }).queries,
    (error: unknown) => {
      // Whoever asks next may have more luck.
      known = undefined;
      throw error;
    },
  );
  return known;
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
  const body: unknown = await response.json().catch((error: unknown) => {
    // Replaced while it came in, it is no answer.
    if (isReplaced(error)) throw error;
    return {};
  });
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
