const RFC_3339 = /^\d{4}-\d{2}-\d{2}[Tt ]\d{2}:\d{2}:\d{2}(\.\d+)?([Zz]|[+-]\d{2}:\d{2})$/;

/**
 * When a webhook was received, milliseconds since 1970: now, or for an administrator who imports recorded webhooks
 * the time in `X-Received-At`. Undefined when that is no RFC 3339 time, or lies in the future or before 1970.
 */
export function receivedAt(request: Request, isAdmin: boolean, nowMs: number): number | undefined {
  const header = request.headers.get('x-received-at');
  if (header === null || !isAdmin) return nowMs;
  const spelled = header.trim();
  if (!RFC_3339.test(spelled)) return undefined;
  const recorded = Date.parse(spelled.replace(' ', 'T'));
  return recorded >= 0 && recorded <= nowMs ? recorded : undefined;
}
