import { QiscusApi } from './api.ts';
import { Output } from './output.ts';
import { accountOf, type QiscusSettings } from './settings.ts';
import { WebhookUrl } from './webhook-url.ts';

/** What each of the commands works with. */
export interface Context {
  readonly settings: QiscusSettings;
  readonly api: QiscusApi;
  readonly url: WebhookUrl;
  readonly out: Output;
}

/** @param timeoutMs how long the vendor may take for an answer */
export function contextOf(settings: QiscusSettings, timeoutMs: number, isJson: boolean): Context {
  const url = new WebhookUrl(settings.WEBHOOK_URL);
  return {
    settings,
    api: new QiscusApi({ baseUrl: settings.QISCUS_BASE_URL, timeoutMs }, accountOf(settings)),
    url,
    out: new Output(settings, url, isJson),
  };
}
