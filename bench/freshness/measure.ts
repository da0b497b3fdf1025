import { randomUUID } from 'node:crypto';
import type { Parts } from '../parts.ts';
import type { Contender, Started } from '../sink/contender.ts';
import { median, quantile, rounded } from '../statistics.ts';
import { startStore } from '../store.ts';
import { post } from './load.ts';
import { type Seen, Watch } from './watch.ts';

/** Room numbers of the bench are above all that stand in the vendor's samples. */
const FIRST_NUMBER = 1_000_000_000;
const WARM_UP = { perSecond: 20, seconds: 1 };

/** How long after a webhook was posted it can be seen. */
export interface Freshness {
  readonly per_second: number;
  readonly p50_ms: number | null;
  readonly p99_ms: number | null;
  readonly max_ms: number | null;
  /** What each look took: half of it, and of the pause that is as long, is in the median above. */
  readonly look_ms: number | null;
  readonly events: number;
}

/** What is to be measured. */
export interface Plan {
  readonly rates: readonly number[];
  /** For so long at each rate. */
  readonly seconds: number;
}

/** Measures one contender after the other, through the same Worker and Kafka. */
export class Measurement {
  readonly #parts: Parts;
  readonly #url: string;
  #next = FIRST_NUMBER;

  /** @param url where the Worker takes webhooks */
  constructor(parts: Parts, url: string) {
    this.#parts = parts;
    this.#url = url;
  }

  /** A contender's freshness at each rate, after a warm-up, in a ClickHouse of its own. */
  async take(contender: Contender, { rates, seconds }: Plan): Promise<readonly Freshness[]> {
    const { processes } = this.#parts;
    const store = await startStore(processes);
    let started: Started = {};
    try {
      started = await contender.start({ parts: this.#parts, store, group: `bench-${randomUUID()}` });
      const stretch = async (perSecond: number, forSeconds: number) => {
        const watch = new Watch(store.client);
        const pace = { url: this.#url, perSecond, seconds: forSeconds, first: this.#next };
        this.#next += perSecond * forSeconds;
        const posting = post(pace, (n, dueMs) => watch.expect(n, dueMs));
        return watch.untilAllSeen(posting);
      };
      // A new group reads what was posted before, too: its first webhooks wait for all of that.
      await stretch(WARM_UP.perSecond, WARM_UP.seconds);
      const found: Freshness[] = [];
      for (const rate of rates) {
        const freshness = freshnessOf(rate, await stretch(rate, seconds));
        console.error(
          `${contender.name}, ${rate} a second: ${freshness.p50_ms} ms, p99 ${freshness.p99_ms} ms`,
        );
        found.push(freshness);
      }
      return found;
    } finally {
      if (started.program) await processes.stop(started.program);
      await store.end();
    }
  }
}

function freshnessOf(perSecond: number, { latenciesMs, looksMs }: Seen): Freshness {
  return {
    per_second: perSecond,
    p50_ms: rounded(quantile(latenciesMs, 0.5)),
    p99_ms: rounded(quantile(latenciesMs, 0.99)),
    max_ms: rounded(Math.max(...latenciesMs)),
    look_ms: rounded(median(looksMs)),
    events: latenciesMs.length,
  };
}
