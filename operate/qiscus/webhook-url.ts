/** Whose URL is registered. */
export type Owner =
  | 'ours'
  /** Our Worker and app, under another token: one that was rotated. */
  | 'ours-other-token'
  | 'foreign'
  | 'none'
  /** The vendor's answer does not tell. */
  | 'unknown';

const OURS = /^(.*\/webhooks\/)([^/]+)\/([^/]+)$/;

/** `WEBHOOK_URL`, and what it says: where our Worker is, for which app, by which token. */
export class WebhookUrl {
  readonly href: string;
  /** Undefined where the URL is not one of a Worker's: `…/webhooks/{app}/{token}`. */
  readonly app: string | undefined;
  readonly token: string | undefined;
  readonly #prefix: string | undefined;

  constructor(url: string) {
    this.href = url;
    const [, prefix, app, token] = OURS.exec(normal(url)) ?? [];
    this.#prefix = prefix === undefined ? undefined : `${prefix}${app}/`;
    this.app = app === undefined ? undefined : decodeURIComponent(app);
    this.token = token;
  }

  /** @param registered as the vendor has it; undefined where it does not tell */
  ownerOf(registered: string | undefined): Owner {
    if (registered === undefined) return 'unknown';
    if (registered === '') return 'none';
    const url = normal(registered);
    if (url === normal(this.href)) return 'ours';
    return this.#prefix !== undefined && url.startsWith(this.#prefix) ? 'ours-other-token' : 'foreign';
  }
}

/** A URL to show: one of a Worker, ours or another, without its token, which is a secret. */
export function shown(url: string): string {
  const [, prefix, app] = OURS.exec(normal(url)) ?? [];
  return prefix === undefined ? url : `${prefix}${app}/…`;
}

/** As the Worker reads it: a doubled slash is one, and one at the end is none. */
function normal(url: string): string {
  const parsed = URL.parse(url);
  if (parsed === null) return url;
  parsed.pathname = parsed.pathname.replace(/\/{2,}/g, '/').replace(/\/$/, '');
  return parsed.href;
}
