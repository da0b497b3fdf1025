import type { Changed } from './change.ts';
import type { Context } from './context.ts';
import type { Standing } from './standing.ts';
import { shown } from './webhook-url.ts';
import type { Webhook } from './webhooks.ts';

/** How a change ended, in a line or two. */
export function tellChanged({ out }: Context, changed: Changed): void {
  const { webhook, isEnabled } = changed.change;
  const state = isEnabled ? 'on, to our URL' : 'off';
  switch (changed.outcome) {
    case 'proven':
      out.say(`✓ ${webhook.name} is ${state}: read back.`);
      break;
    case 'untold':
      out.say(`✓ ${webhook.name} was set ${state}; the vendor does not tell what stands now.`);
      break;
    case 'otherwise': {
      const { url: registered = '', isEnabled: on } = changed.found;
      out.say(
        `✗ ${webhook.name}: the vendor accepted the call, but ${on === false ? 'it is off' : 'it is on'}, at ${shown(registered) || 'no URL'}. Try again; if it stays so, set it in the vendor’s dashboard.`,
      );
      break;
    }
    case 'failed':
      out.say(`✗ ${webhook.name}: ${changed.fault.message}`);
  }
}

/** A foreign URL that will be gone, and how to put it back. */
export function tellForeign({ out }: Context, { webhook, registered }: Standing): void {
  const { url = '', isEnabled } = registered;
  const on = isEnabled === false ? ', which is off' : '';
  const put = shown(url) === url ? '' : ', with its token';
  out.say(`  Another’s URL stands there now${on}: ${shown(url)}`);
  out.say(
    `  To put it back${put}: WEBHOOK_URL=${quoted(shown(url))} npm run qiscus -- enable ${webhook.kind} --yes`,
  );
}

/** What only the vendor's dashboard can set. */
export function tellDashboard({ out, url }: Context, webhook: Webhook, isPasted: boolean): void {
  out.say(
    `${webhook.name} can be set in the vendor’s dashboard alone: Settings → ${webhook.name} → webhook URL. Paste there:`,
  );
  if (isPasted) out.paste(url.href);
  else
    out.say(
      `  ${shown(url.href)} (the whole of WEBHOOK_URL: "npm run qiscus -- enable ${webhook.kind}" shows it)`,
    );
}

/** For a shell, whatever it holds. */
function quoted(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}
