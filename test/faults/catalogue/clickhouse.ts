import { setTimeout as pause } from 'node:timers/promises';
import type { InsertFault } from '../clickhouse-proxy.ts';
import type { Fault } from '../trial.ts';

const LAST_MS = { from: 2_000, to: 5_000 };
const HANG_MS = { from: 4_000, to: 12_000 };
const SLOW_MS = 1_200;

/** The proxy treats inserts so for some seconds. */
function inserts(name: string, fault: InsertFault): Fault {
  return {
    name,
    inject: async ({ pipeline, random }) => {
      const { clickhouse } = pipeline.proxies;
      clickhouse.inserts(fault);
      await pause(random.int(LAST_MS.from, LAST_MS.to));
      clickhouse.inserts({ how: 'pass' });
    },
  };
}

const slow: Fault = {
  name: 'ClickHouse slow',
  inject: async ({ pipeline, random }) => {
    const { clickhouse } = pipeline.proxies;
    clickhouse.delay(SLOW_MS);
    await pause(random.int(LAST_MS.from, LAST_MS.to));
    clickhouse.delay(0);
  },
};

const hanging: Fault = {
  name: 'ClickHouse hanging without closing, then going on',
  inject: async ({ pipeline, random }) => {
    const { clickhouse } = pipeline.proxies;
    await clickhouse.set('hang');
    await pause(random.int(HANG_MS.from, HANG_MS.to));
    await clickhouse.set('pass');
  },
};

const forgotten: Fault = {
  name: "ClickHouse's connections dead without a word",
  inject: async ({ pipeline }) => pipeline.proxies.clickhouse.forget(),
};

const refusing: Fault = {
  name: 'ClickHouse refusing connections',
  inject: async ({ pipeline, random }) => {
    const { clickhouse } = pipeline.proxies;
    await clickhouse.set('cut');
    await pause(random.int(LAST_MS.from, LAST_MS.to));
    await clickhouse.set('pass');
  },
};

export const CLICKHOUSE_FAULTS: readonly Fault[] = [
  slow,
  hanging,
  forgotten,
  refusing,
  inserts('ClickHouse answering 503 (the proxy stands in)', {
    how: 'answer',
    status: 503,
    text: 'Service Unavailable',
  }),
  inserts('ClickHouse with too many parts, code 252 (the proxy stands in)', {
    how: 'answer',
    status: 500,
    code: 252,
    text: 'Code: 252. DB::Exception: Too many parts (3001). Merges are processing significantly slower than inserts. (TOO_MANY_PARTS)\n',
  }),
  inserts('ClickHouse closing half-way through inserts', { how: 'cut-half' }),
];
