import { DurableObject } from 'cloudflare:workers';
import type { Layout } from './layout.ts';
import { LayoutRecord } from './record.ts';

/** An app's record of layouts, as a Durable Object of the app's name: the runtime around its rules. */
export class Layouts extends DurableObject {
  readonly #record: LayoutRecord;

  constructor(context: DurableObjectState, env: Cloudflare.Env) {
    super(context, env);
    this.#record = new LayoutRecord(context.storage, Date.now);
  }

  /** The layout that holds now; undefined before the first. */
  layout(): Promise<Layout | undefined> {
    return this.#record.layout();
  }

  /** Has events laid out over so many shards from now on. */
  adopt(shards: number): Promise<Layout> {
    return this.#record.adopt(shards);
  }

  /** Notes that no outbox takes events any more from who knows only layouts before this generation. */
  endEarlier(generation: number): Promise<Layout> {
    return this.#record.endEarlier(generation);
  }
}
