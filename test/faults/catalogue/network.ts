import { setTimeout as pause } from 'node:timers/promises';
import type { TcpProxy } from '../../support/tcp-proxy.ts';
import type { Pipeline } from '../pipeline.ts';
import type { Fault } from '../trial.ts';

/** Longer than the clients' own time-outs are left to hang, so that those are seen at work too. */
const HANG_MS = { from: 4_000, to: 12_000 };
const LAST_MS = { from: 2_000, to: 5_000 };

/** What a network does to a server that is well itself: Kafka and ClickHouse meet the same four. */
function networkFaults(title: string, server: keyof Pipeline['proxies'], slowMs: number): Fault[] {
  const fault = (
    name: string,
    lastMs: { from: number; to: number },
    set: (proxy: TcpProxy) => unknown,
    restore: (proxy: TcpProxy) => unknown,
  ): Fault => ({
    name: `${title} ${name}`,
    inject: async ({ pipeline, random }) => {
      const proxy = pipeline.proxies[server];
      const before = proxy.disturbed();
      await set(proxy);
      await pause(random.int(lastMs.from, lastMs.to));
      await restore(proxy);
      return proxy.disturbed() - before;
    },
  });
  const pass = (proxy: TcpProxy) => proxy.set('pass');
  return [
    fault(
      'slow',
      LAST_MS,
      (proxy) => proxy.delay(slowMs),
      (proxy) => proxy.delay(0),
    ),
    fault('hanging without closing, then going on', HANG_MS, (proxy) => proxy.set('hang'), pass),
    fault('refusing connections', LAST_MS, (proxy) => proxy.set('cut'), pass),
    fault('with its connections dead without a word', { from: 0, to: 0 }, (proxy) => proxy.forget(), pass),
  ];
}

export const NETWORK_FAULTS: readonly Fault[] = [
  ...networkFaults('Kafka', 'kafka', 700),
  ...networkFaults('ClickHouse', 'clickhouse', 1_200),
];
