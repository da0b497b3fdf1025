import { setTimeout as sleep } from 'node:timers/promises';
import { faultOfSilence, faultOfStatus, PASSING, QiscusFault } from './faults.ts';

const TRIES = 3;
const FIRST_PAUSE_MS = 500;
/** A pause that the vendor asks for is kept up to here; a longer one is told to the user instead. */
const LONGEST_PAUSE_MS = 30_000;
const LONGEST_ANSWER_BYTES = 5_000_000;

/** One call to the vendor's API. */
export interface Call {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Sent as a multipart form. */
  readonly form?: Readonly<Record<string, string>>;
  /** The settings that it depends on, for what is said when it is refused. */
  readonly settings: string;
}

/** Where the API is, and how long an answer may take. */
export interface Endpoint {
  readonly baseUrl: string;
  readonly timeoutMs: number;
}

/**
 * Makes a call and reads its JSON. What may pass is tried again: each call sets a state, so that twice is once.
 * @throws QiscusFault
 */
export async function callJson(endpoint: Endpoint, call: Call): Promise<unknown> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await callOnce(endpoint, call);
    } catch (error) {
      if (!(error instanceof QiscusFault) || !PASSING.has(error.reason) || attempt === TRIES) throw error;
      const pauseMs = error instanceof Throttled ? error.pauseMs : FIRST_PAUSE_MS * 2 ** (attempt - 1);
      if (pauseMs > LONGEST_PAUSE_MS) throw error;
      await sleep(pauseMs);
    }
  }
}

/** The vendor asked for a pause. */
class Throttled extends QiscusFault {
  readonly pauseMs: number;

  constructor(call: string, pauseMs: number) {
    const seconds = Math.ceil(pauseMs / 1_000);
    super('throttled', `${call} answered 429: too many calls. Try again in ${seconds} seconds.`);
    this.pauseMs = pauseMs;
  }
}

async function callOnce({ baseUrl, timeoutMs }: Endpoint, call: Call): Promise<unknown> {
  const { method, path, headers, form, settings } = call;
  const url = `${baseUrl.replace(/\/+$/, '')}${path}`;
  const name = `${method} ${path}`;
  let response: Response;
  let text: string;
  try {
    response = await fetch(url, {
      method,
      headers: { accept: 'application/json', ...headers },
      ...(form === undefined ? {} : { body: multipart(form) }),
      // A redirect would take the credentials elsewhere.
      redirect: 'manual',
      signal: AbortSignal.timeout(timeoutMs),
    });
    text = await read(response);
  } catch (error) {
    throw error instanceof QiscusFault ? error : faultOfSilence(error, name, new URL(baseUrl).origin);
  }
  const pauseMs = retryAfterMs(response);
  if (response.status === 429 && pauseMs !== undefined) throw new Throttled(name, pauseMs);
  if (!response.ok) throw faultOfStatus(response.status, name, settings);
  return json(text, name, response.headers.get('content-type'));
}

function multipart(form: Readonly<Record<string, string>>): FormData {
  const data = new FormData();
  for (const [field, value] of Object.entries(form)) data.set(field, value);
  return data;
}

/** The whole answer as text, within reason. */
async function read(response: Response): Promise<string> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of response.body ?? []) {
    bytes += chunk.byteLength;
    if (bytes > LONGEST_ANSWER_BYTES)
      throw new QiscusFault(
        'odd-answer',
        `The answer is over ${LONGEST_ANSWER_BYTES} bytes long. Check QISCUS_BASE_URL.`,
      );
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

/** Retry-After is in seconds, or a date. */
function retryAfterMs(response: Response): number | undefined {
  const value = response.headers.get('retry-after');
  if (value === null) return undefined;
  const ms = /^\d+$/.test(value) ? Number(value) * 1_000 : Date.parse(value) - Date.now();
  return Number.isNaN(ms) ? undefined : Math.max(0, ms);
}

function json(text: string, call: string, contentType: string | null): unknown {
  try {
    return JSON.parse(text);
  } catch {
    const what = /html/i.test(contentType ?? '') || /^\s*</.test(text) ? 'a web page' : 'something else';
    throw new QiscusFault(
      'odd-answer',
      `${call} answered with ${what} instead of JSON. QISCUS_BASE_URL leads to another server, or to a page that asks for a log-in.`,
    );
  }
}
