import type { Env } from '../../../../worker/env.ts';
import type { Appended, Arrival } from '../../../../worker/outbox/group.ts';
import type { NewEvent, Place } from '../../../../worker/outbox/new-event.ts';

/** Nobody reads the host. */
const URL = 'http://outbox/';

/**
 * Outboxes to which an event is taken by a request: a line of JSON, and behind it the payload as it is. In bytes, so
 * that no header tells of a type.
 */
export function byFetch(outboxes: Env['OUTBOX']): Env['OUTBOX'] {
  return {
    getByName: (name) => {
      const outbox = outboxes.getByName(name) as ReturnType<Env['OUTBOX']['getByName']> & Fetcher;
      const append = async ({ payload, ...head }: NewEvent, place: Place): Promise<Appended> => {
        const body = Buffer.from(`${JSON.stringify({ head, place })}\n${payload}`);
        const response = await outbox.fetch(URL, { method: 'POST', body });
        return response.json();
      };
      return {
        append,
        recall: (event) => outbox.recall(event),
        fence: (generation) => outbox.fence(generation),
        erase: (part) => outbox.erase(part),
        status: (shown) => outbox.status(shown),
      };
    },
  };
}

/** What such a request takes there. */
export async function arrivalIn(request: Request): Promise<Arrival> {
  const text = await request.text();
  const end = text.indexOf('\n');
  const { head, place } = JSON.parse(text.slice(0, end));
  return { event: { ...head, payload: text.slice(end + 1) }, place };
}
