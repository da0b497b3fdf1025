import { type Registration, registrationIn } from './configs.ts';
import type { Context } from './context.ts';
import { QiscusFault } from './faults.ts';
import type { CallableWebhook } from './webhooks.ts';

/** A registration that is to be made. */
export interface Change {
  readonly webhook: CallableWebhook;
  readonly url: string;
  readonly isEnabled: boolean;
}

/** How a change ended. */
export type Changed =
  /** The vendor's read-back, or the call's own answer where that does not tell, says what was asked for. */
  | { readonly outcome: 'proven'; readonly change: Change }
  /** The call was answered, but nothing tells what stands now. */
  | { readonly outcome: 'untold'; readonly change: Change }
  /** The call was answered, and something else stands. */
  | { readonly outcome: 'otherwise'; readonly change: Change; readonly found: Registration }
  | { readonly outcome: 'failed'; readonly change: Change; readonly fault: QiscusFault };

/** Makes the changes one after another, one that fails costing the others nothing, and reads back what stands. */
export async function make({ api, url, out }: Context, changes: readonly Change[]): Promise<Changed[]> {
  const answers: (Registration | QiscusFault)[] = [];
  for (const change of changes) {
    if (!out.isJson) out.say(`… ${change.webhook.name}`);
    answers.push(await api.register(change.webhook, change.url, change.isEnabled).catch(onlyFault));
  }
  const configs = changes.length === 0 ? {} : await api.configs();
  return changes.map((change, i): Changed => {
    const answer = answers[i];
    if (answer instanceof QiscusFault) return { outcome: 'failed', change, fault: answer };
    const read = registrationIn(configs, change.webhook.keys);
    const found = { url: read.url ?? answer?.url, isEnabled: read.isEnabled ?? answer?.isEnabled };
    if (found.url === undefined && found.isEnabled === undefined) return { outcome: 'untold', change };
    const isThere = found.url === undefined || !change.isEnabled || isSame(found.url, change.url);
    const isSet = found.isEnabled === undefined || found.isEnabled === change.isEnabled;
    return isThere && isSet ? { outcome: 'proven', change } : { outcome: 'otherwise', change, found };
  });

  function isSame(registered: string, wanted: string): boolean {
    return registered === wanted || url.ownerOf(registered) === 'ours';
  }
}

function onlyFault(error: unknown): QiscusFault {
  if (error instanceof QiscusFault) return error;
  throw error;
}
