const PATH = /^[^:]*:\/\/[^/?#]*([^?#]*)/;

/**
 * The segments of a URL's path, decoded. Empty ones do not count: a base URL that ends in a slash makes
 * `//webhooks/…` of the path that is put behind it, and the vendor would send every webhook there.
 */
export function segmentsOf(url: string): string[] {
  const segments = (PATH.exec(url)?.[1] ?? '').split('/');
  return segments.filter((segment) => segment !== '').map(decoded);
}

/** A segment as it was meant; one with broken escapes stands for itself, and is then no known name. */
function decoded(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}
