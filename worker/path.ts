/**
 * The same request with each run of slashes in its path as one: a base URL that ends in a slash makes `//webhooks/…`
 * of the path that is put behind it, and the vendor would send every webhook there.
 */
export function withSingleSlashes(request: Request): Request {
  const url = new URL(request.url);
  if (!url.pathname.includes('//')) return request;
  url.pathname = url.pathname.replace(/\/{2,}/g, '/');
  return new Request(url, request);
}
