import type { QiscusSettings } from './settings.ts';
import type { WebhookUrl } from './webhook-url.ts';

/** Whatever is shortened to nothing here would be found in ordinary words. */
const SHORTEST_SECRET = 4;

/** Where the command speaks. No secret that it knows gets through, whatever an answer or an error holds. */
export class Output {
  readonly isJson: boolean;
  readonly #secrets: readonly string[];

  constructor(settings: QiscusSettings, url: WebhookUrl, isJson: boolean) {
    this.isJson = isJson;
    const secrets = [
      settings.QISCUS_SECRET_KEY,
      settings.QISCUS_ADMIN_TOKEN,
      settings.QISCUS_PASSWORD,
      settings.ADMIN_TOKEN,
      url.token,
    ];
    this.#secrets = secrets
      .filter((each) => each !== undefined && each.length >= SHORTEST_SECRET)
      .flatMap((each) => [each as string, encodeURIComponent(each as string)]);
  }

  /** A line for people: to stdout, or beside the JSON to stderr. */
  say(line: string): void {
    (this.isJson ? process.stderr : process.stdout).write(`${this.clean(line)}\n`);
  }

  /** Lines that need no cleaning but for secrets, such as a table. */
  show(text: string): void {
    (this.isJson ? process.stderr : process.stdout).write(this.#masked(text));
  }

  /** The one JSON object of `--json`. */
  json(value: unknown): void {
    if (this.isJson) process.stdout.write(`${this.#masked(JSON.stringify(value, null, 2))}\n`);
  }

  /** Our URL with its token, for a person to paste: the only place where a secret is shown, and because it was asked for. */
  paste(url: string): void {
    if (!this.isJson) process.stdout.write(`  ${url}\n`);
  }

  /** What comes from outside must not steer a terminal. */
  clean(line: string): string {
    return this.#masked(line.replace(/[\p{Cc}\p{Cf}]+/gu, ' '));
  }

  #masked(text: string): string {
    return this.#secrets.reduce((masked, secret) => masked.replaceAll(secret, '…'), text);
  }
}
