import type { Layout } from './layout.ts';
import { outboxNames } from './layout.ts';

/** What of an app's record is asked. */
export interface RecordObject {
  layout(): Promise<Layout | undefined>;
  adopt(shards: number): Promise<Layout>;
  endEarlier(generation: number): Promise<Layout>;
}

/** What of an outbox is asked when the layout changes. */
export interface FencedObject {
  fence(generation: number): Promise<void>;
}

/** The Durable Objects of a class by their names. */
export interface Named<Each> {
  getByName(name: string): Each;
}

/** An app's record has the app's name, an outbox its own. */
export interface LayoutObjects {
  readonly records: Named<RecordObject>;
  readonly outboxes: Named<FencedObject>;
}

/** Isolates with other settings kept changing the layout; asked again later, it has settled. */
export class UnsettledLayout extends Error {
  override readonly name = 'UnsettledLayout';
}

const ATTEMPTS = 3;

/**
 * The layouts that this isolate goes by. It asks an app's record once, and again when an outbox says that the layout
 * has changed; it makes its own number of shards known once, and then follows the record, whoever changed it.
 */
export class KnownLayouts {
  readonly #shards: number;
  readonly #known = new Map<string, Layout>();
  readonly #adopted = new Set<string>();

  constructor(shards: number) {
    this.#shards = shards;
  }

  /** The layout of an app. Rejects when its record, or an outbox to fence, does not answer. @throws UnsettledLayout */
  async of(app: string, objects: LayoutObjects): Promise<Layout> {
    const known = this.#known.get(app);
    if (known !== undefined) return known;
    const layout = await this.#settled(app, objects);
    this.#known.set(app, layout);
    return layout;
  }

  /** Asks the record the next time: the layout of an app is not what this isolate takes it for. */
  forget(app: string): void {
    this.#known.delete(app);
  }

  /** Before anything is kept by a layout, no outbox takes anything by those before it: see `EarlierLayout`. */
  async #settled(app: string, { records, outboxes }: LayoutObjects): Promise<Layout> {
    const record = records.getByName(app);
    let layout = await this.#ask(app, record);
    for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
      if (layout.earlier.every(({ endedMs }) => endedMs !== undefined)) return layout;
      const { generation } = layout;
      await Promise.all(outboxNames(app, layout).map((name) => outboxes.getByName(name).fence(generation)));
      layout = await record.endEarlier(generation);
    }
    throw new UnsettledLayout('the number of shards changes again and again');
  }

  async #ask(app: string, record: RecordObject): Promise<Layout> {
    const recorded = this.#adopted.has(app) ? await record.layout() : undefined;
    const layout = recorded ?? (await record.adopt(this.#shards));
    this.#adopted.add(app);
    return layout;
  }
}
