import { setTimeout as pause } from 'node:timers/promises';
import { createClient } from '@clickhouse/client';
import type { InsertFault } from '../clickhouse-proxy.ts';
import type { Fault } from '../trial.ts';

const LAST_MS = { from: 2_000, to: 5_000 };
const TABLES = ['events_rows', 'sessions_rows', 'messages_rows'];

/** The proxy treats inserts so for some seconds. */
function proxied(name: string, fault: InsertFault): Fault {
  return {
    name,
    inject: async ({ pipeline, random }) => {
      const { clickhouse } = pipeline.proxies;
      const before = clickhouse.disturbed();
      clickhouse.inserts(fault);
      await pause(random.int(LAST_MS.from, LAST_MS.to));
      clickhouse.inserts({ how: 'pass' });
      return clickhouse.disturbed() - before;
    },
  };
}

/** The tables are allowed one part only, so that the engine itself refuses the next one. */
const tooManyParts: Fault = {
  name: 'ClickHouse with too many parts (code 252)',
  inject: async ({ pipeline, random }) => {
    const client = createClient({ url: pipeline.clickHouseUrl });
    const alter = (how: string) =>
      Promise.all(TABLES.map((table) => client.command({ query: `ALTER TABLE ${table} ${how}` })));
    const refusals = async () => {
      const query = "SELECT sum(value) AS n FROM system.errors WHERE name = 'TOO_MANY_PARTS'";
      const [found] = await (await client.query({ query, format: 'JSONEachRow' })).json<{ n: string }>();
      return Number(found?.n);
    };
    try {
      const before = await refusals();
      await alter('MODIFY SETTING parts_to_throw_insert = 1');
      await pause(random.int(LAST_MS.from, LAST_MS.to));
      const after = await refusals();
      await alter('RESET SETTING parts_to_throw_insert');
      return after - before;
    } finally {
      await client.close();
    }
  },
};

export const INSERT_FAULTS: readonly Fault[] = [
  tooManyParts,
  proxied('ClickHouse answering 503 (the proxy answers in its place)', {
    how: 'answer',
    status: 503,
    text: 'Service Unavailable',
  }),
  proxied('ClickHouse closing half-way through inserts', { how: 'cut-half' }),
];
