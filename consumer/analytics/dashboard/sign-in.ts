import type { IncomingMessage } from 'node:http';
import type { Reply, Route } from '../../watch/routes.ts';
import type { DashboardToken } from './token.ts';

const MAX_FORM_BYTES = 4_096;

/** The route that takes the form's token. @param page shows the form; 403: after a wrong token */
export function signInRoute(token: DashboardToken, page: (status: number) => Reply): Route {
  return {
    path: '/sign-in',
    method: 'POST',
    reply: async (_url, request) => {
      const form = new URLSearchParams(await readForm(request));
      return token.is(form.get('token') ?? '')
        ? welcome(token, request, pathIn(form.get('view')))
        : page(403);
    },
  };
}

/** A link with `?token=…`: answered with the cookie and the same view without the token; undefined without one. */
export function signInByLink(
  url: URL,
  request: IncomingMessage,
  token: DashboardToken,
  page: (status: number) => Reply,
): Reply | undefined {
  const given = url.searchParams.get('token');
  if (given === null) return undefined;
  if (!token.is(given)) return page(403);
  const view = new URL(url);
  view.searchParams.delete('token');
  return welcome(token, request, view.pathname + view.search);
}

function welcome(token: DashboardToken, request: IncomingMessage, location: string): Reply {
  return {
    status: 303,
    contentType: 'text/plain; charset=utf-8',
    body: 'Signed in.\n',
    headers: { location, 'set-cookie': token.cookie(request) },
  };
}

/** Of what the form says about where to go next, the query alone: it must not lead to another site. */
function pathIn(view: string | null): string {
  return view?.startsWith('?') ? `/${view}` : '/';
}

async function readForm(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request) {
    bytes += chunk.length;
    if (bytes > MAX_FORM_BYTES) return '';
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString();
}
