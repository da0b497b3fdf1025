import { type } from 'arktype';
import type { EventHead } from '../../schemas/event.ts';
import { isJsonObject, parseJson } from '../../schemas/json.ts';
import { problemsOf, type Webhook } from '../../schemas/webhook.ts';
import type { FactColumns } from './row.ts';

/**
 * What an event became.
 * - `row`: to be inserted into its table
 * - `none`: its kind has no table of its own; it stands in `events` alone
 * - `refused`: it goes to the dead letters, and stands in `events`; the reason quotes nothing of the payload
 */
export type Normalized =
  | { readonly outcome: 'row'; readonly row: FactColumns }
  | { readonly outcome: 'none' }
  | { readonly outcome: 'refused'; readonly reason: string };

export type Normalize = (event: EventHead, payload: string) => Normalized;

/** A normalizer of one webhook: checks the payload's shape again, then maps it with a pure function. */
export function defineNormalizer<Kind extends string, Body>(
  webhook: Webhook<Kind, Body>,
  toRow: (body: Body, event: EventHead) => FactColumns,
): Normalize {
  const read: Normalize = (event, text) => {
    const payload = readPayload(text);
    if (payload === undefined) return refused('the payload is not a JSON object');
    const body = webhook.shape(payload);
    if (body instanceof type.errors)
      return refused(`the payload does not fit: ${problemsOf(body).join('; ')}`);
    return { outcome: 'row', row: toRow(body as Body, event) };
  };
  return (event, text) => {
    try {
      return read(event, text);
    } catch (error) {
      if (error instanceof RangeError) return refused('the payload is nested too deep');
      // The error's own text may quote the payload. Thrown on, it would stop the partition for ever.
      const what = error instanceof Error ? error.name : 'unknown';
      return refused(`mapping it threw an error (${what}): a bug of ours`);
    }
  };
}

const refused = (reason: string): Normalized => ({ outcome: 'refused', reason });

function readPayload(text: string) {
  try {
    const payload = parseJson(text);
    return isJsonObject(payload) ? payload : undefined;
  } catch {
    return undefined;
  }
}
