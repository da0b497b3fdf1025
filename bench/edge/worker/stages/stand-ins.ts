import { DurableObject } from 'cloudflare:workers';
import type { Env } from '../../../../worker/env.ts';
import type { OutboxObject } from '../../../../worker/outbox/client.ts';
import type { Appended } from '../../../../worker/outbox/group.ts';
import type { NewEvent } from '../../../../worker/outbox/new-event.ts';
import { settings } from '../../../../worker/settings.ts';
import { arrivalIn } from './by-fetch.ts';

/** An outbox that says it has kept what it was given, and has not. */
export class StoresNothing extends DurableObject implements OutboxObject {
  append(event: NewEvent): Promise<Appended> {
    return kept(event);
  }

  /** The same by a request, as `byFetch` sends it. */
  override async fetch(request: Request): Promise<Response> {
    const { event } = await arrivalIn(request);
    return new Response(Buffer.from(JSON.stringify(await kept(event))));
  }

  async recall(): Promise<undefined> {}

  async fence(): Promise<void> {}

  /** @throws Error always: nobody asks */
  status(): never {
    throw new Error('this outbox has no state');
  }
}

/** The same without a Durable Object: no call leaves the isolate. */
export const ACCEPTS_ALL: Env['OUTBOX'] = {
  getByName: () => ({
    append: kept,
    recall: async () => undefined,
    fence: async () => undefined,
    erase: async () => ({ events: 0, after: null }),
    status: () => Promise.reject(new Error('this outbox has no state')),
  }),
};

const layout = async () => ({ generation: 1, shards: settings.OUTBOX_SHARDS, earlier: [] });

/** A record of layouts that has always been as the settings say. */
export const LAYOUT: Env['LAYOUTS'] = {
  getByName: () => ({ layout, adopt: layout, endEarlier: layout }),
};

async function kept({ id }: NewEvent): Promise<Appended> {
  return { outcome: 'kept', id, duplicate: false };
}
