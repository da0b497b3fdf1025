import type { Layout } from './layout.ts';
import { outboxNames, recordName } from './layout.ts';

/** What of an app's objects is asked about layouts. */
export interface LayoutObject {
  layout(): Promise<Layout | undefined>;
  adoptLayout(shards: number): Promise<Layout>;
  endEarlierLayouts(generation: number): Promise<Layout>;
  fence(generation: number): Promise<void>;
}

/** The Durable Objects of a class by their names. */
export interface Named<Each> {
  getByName(name: string): Each;
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
export class Layouts {
  readonly #shards: number;
  readonly #known = new Map<string, Layout>();
  readonly #adopted = new Set<string>();

  constructor(shards: number) {
    this.#shards = shards;
  }

  /** The layout of an app. Rejects when its record, or an outbox to fence, does not answer. @throws UnsettledLayout */
  async of(app: string, objects: Named<LayoutObject>): Promise<Layout> {
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
  async #settled(app: string, objects: Named<LayoutObject>): Promise<Layout> {
    const record = objects.getByName(recordName(app));
    let layout = await this.#ask(app, record);
    for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
      if (layout.earlier.every(({ endedMs }) => endedMs !== undefined)) return layout;
      const { generation } = layout;
      await Promise.all(outboxNames(app, layout).map((name) => objects.getByName(name).fence(generation)));
      layout = await record.endEarlierLayouts(generation);
    }
    throw new UnsettledLayout('the number of shards changes again and again');
  }

  async #ask(app: string, record: LayoutObject): Promise<Layout> {
    const recorded = this.#adopted.has(app) ? await record.layout() : undefined;
    const layout = recorded ?? (await record.adoptLayout(this.#shards));
    this.#adopted.add(app);
    return layout;
  }
}
