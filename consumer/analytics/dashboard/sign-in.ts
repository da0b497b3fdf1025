import type { Context, MiddlewareHandler } from 'hono';
import type { DashboardToken } from './token.ts';

const MAX_FORM_BYTES = 4_096;

/** How the form is shown; 401: before, 403: after a wrong token. */
export type SignInPage = (c: Context, status: 401 | 403) => Response;

/** Takes the form's token, and leads to the view that it names. */
export function signInByForm(token: DashboardToken, page: SignInPage) {
  return async (c: Context): Promise<Response> => {
    // A form says how long it is; what does not is not read.
    if (!(Number(c.req.header('content-length')) <= MAX_FORM_BYTES)) {
      return c.text('This form is too long. Open the dashboard again.\n', 413);
    }
    const form = new URLSearchParams(await c.req.text());
    return token.is(form.get('token') ?? '') ? welcome(c, token, form.get('view') ?? '') : page(c, 403);
  };
}

/** Takes a link with `?token=…`, and leads to the same view without the token. */
export function signInByLink(token: DashboardToken, page: SignInPage): MiddlewareHandler {
  return async (c, next) => {
    const given = c.req.query('token');
    if (given === undefined) return next();
    if (!token.is(given)) return page(c, 403);
    const { searchParams } = new URL(c.req.url);
    searchParams.delete('token');
    return welcome(c, token, searchParams.size === 0 ? '' : `?${searchParams}`);
  };
}

/** @param view a query; anything else could lead to another site, and leads to the page as it opens */
function welcome(c: Context, token: DashboardToken, view: string): Response {
  token.remember(c);
  const next = new URL('http://localhost/');
  // URL encodes what no header can hold.
  if (view.startsWith('?')) next.search = view;
  return c.redirect(next.pathname + next.search, 303);
}
