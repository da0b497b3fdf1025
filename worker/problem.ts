import { respond } from './respond.ts';

/** A refusal or failure as RFC 9457 `application/problem+json`. */
export function problem(
  status: number,
  title: string,
  detail: string,
  headers: Record<string, string> = {},
): Response {
  const type = { 'content-type': 'application/problem+json' };
  return respond({ type: 'about:blank', title, status, detail }, status, { ...headers, ...type });
}
