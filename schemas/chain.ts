import { createHash } from 'node:crypto';

/** What stands in the place of a link before the first one. */
export const NO_LINK = '0'.repeat(64);

/**
 * An event's link in the chain of its outbox: SHA-256 over the link before it, its id and its payload, 64 hex digits.
 * Both others are of fixed length, so no two lists of parts look the same. Whoever changes, takes out or puts in an
 * event after the fact would have to make every later link anew; the outbox still knows the last one.
 * @param before the link of the event before, in the same outbox; `NO_LINK` for the first
 */
export function linkOf(
  before: string,
  { id, payload }: { readonly id: string; readonly payload: string },
): string {
  return createHash('sha256').update(before).update(id).update(payload).digest('hex');
}
