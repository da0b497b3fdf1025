import { Hono } from 'hono';
import { streamSSE } from 'hono/streaming';
import { KINDS, type Kind } from '../../../schemas/webhooks.ts';
import { type LiveStream, TooManyViewersError } from '../../stream/live/live-stream.ts';
import type { Told, Viewer, Wanted } from '../../stream/live/viewer.ts';
import { nearest } from '../report/nearest.ts';
import { QueryInputError } from '../report/parameters.ts';
import { problem, problemOf } from './problem.ts';

const KNOWN = ['kind', 'app'];
/** Shorter than proxies, and this server, keep a connection on which nothing is heard. */
const HEARTBEAT_MS = 15_000;

/**
 * The stream as server-sent events: `GET /api/tail?kind=…&app=…`, both optional, `kind` also several times.
 * - a message has an event's summary as JSON: event_id, app_id, kind, received, source, who, what
 * - `live` has `true` once events come as they are published, and `false` while they do not
 * - `dropped` has how many were left out since it was sent last: more than are sent, or than the viewer took
 *
 * It begins now: what was before is a question for the queries. Without news, a comment comes each 15 seconds.
 */
export function tailRoutes(live: LiveStream): Hono {
  const routes = new Hono();
  routes.get('/api/tail', (c) => {
    try {
      const wanted = readWanted(new URL(c.req.url).searchParams);
      // Nobody would read it, nor end it.
      if (c.req.raw.method === 'HEAD') return c.body(null, 200, { 'content-type': 'text/event-stream' });
      const viewer = live.open(wanted);
      // A proxy in between must not gather it.
      c.header('x-accel-buffering', 'no');
      return streamSSE(c, async (stream) => {
        const left = () => live.close(viewer);
        stream.onAbort(left);
        try {
          await tell(viewer, stream);
        } finally {
          left();
        }
      });
    } catch (error) {
      const reply =
        error instanceof TooManyViewersError
          ? problem(503, 'Too many watch already', 'Close a page that is open elsewhere, or try again later.')
          : problemOf(error);
      if (reply === undefined) throw error;
      return reply;
    }
  });
  return routes;
}

type Sse = Parameters<Parameters<typeof streamSSE>[1]>[0];

async function tell(viewer: Viewer, stream: Sse): Promise<void> {
  // The headers go out with it.
  await stream.write(': the stream from now on\n\n');
  while (!stream.aborted) {
    const told = await viewer.next(HEARTBEAT_MS);
    if (told === undefined) await stream.write(': nothing new\n\n');
    // Settles when there is room: what comes meanwhile waits with the viewer.
    else await stream.writeSSE(messageOf(told));
  }
}

function messageOf(told: Told): { event?: string; data: string } {
  if (told.what === 'event') return { data: JSON.stringify(told.event) };
  if (told.what === 'live') return { event: 'live', data: String(told.isLive) };
  return { event: 'dropped', data: String(told.events) };
}

/** @throws QueryInputError naming the parameter that does not fit */
function readWanted(params: URLSearchParams): Wanted {
  for (const name of params.keys()) {
    if (!KNOWN.includes(name))
      throw new QueryInputError(`There is no parameter ${JSON.stringify(name)}. There are kind and app.`);
  }
  const kinds = params.getAll('kind').filter((kind) => kind !== '');
  return {
    kinds: kinds.length === 0 ? undefined : kinds.map(readKind),
    app: params.get('app') || undefined,
  };
}

function readKind(text: string): Kind {
  const kind = KINDS.find((each) => each === text);
  if (kind !== undefined) return kind;
  const [near] = nearest(text, KINDS);
  const hint = near === undefined ? `There are ${KINDS.join(', ')}.` : `Did you mean ${near}?`;
  throw new QueryInputError(`There is no kind ${JSON.stringify(text)}. ${hint}`);
}
