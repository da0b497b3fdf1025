/** The ids of the last events of each partition that are done with. */
export class RecentIds {
  readonly #window: number;
  readonly #ofPlace = new Map<string, Set<string>>();

  /** @param window how many ids of a partition are kept */
  constructor(window: number) {
    this.#window = window;
  }

  has(place: string, id: string): boolean {
    return this.#ofPlace.get(place)?.has(id) ?? false;
  }

  add(place: string, id: string): void {
    const ids = this.#ofPlace.get(place) ?? new Set();
    this.#ofPlace.set(place, ids);
    // Once more, it is the newest.
    ids.delete(id);
    ids.add(id);
    const [oldest] = ids;
    if (ids.size > this.#window && oldest !== undefined) ids.delete(oldest);
  }
}
