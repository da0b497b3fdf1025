import { setTimeout as pause } from 'node:timers/promises';
import { type ClickHouseClient, createClient } from '@clickhouse/client';
import { waitFor } from '../../../local/wait.ts';
import type { Fault } from '../trial.ts';

const MONTHS = 200;
const MONTH_MS = 30.4 * 86_400_000;
const AT_ONCE = 20;
const LAST_MS = { from: 1_000, to: 3_000 };
const OTHERS_BOUND_MS = 20_000;
const OTHERS = 20;

/** As an import of history has it. While the consumer is away they gather: it reads all of them at once. */
const manyMonths: Fault = {
  name: `${MONTHS} sessions of one room, one in each of ${MONTHS} months, in one lot`,
  inject: async ({ pipeline, sender, random }) => {
    await pipeline.parts.consumer.kill();
    const room = random.int(1_000, 2_000);
    let acknowledged = 0;
    for (let month = 0; month < MONTHS; month += AT_ONCE) {
      const each = Array.from({ length: AT_ONCE }, (_, more) => Date.now() - (month + more) * MONTH_MS);
      const posted = await Promise.all(each.map((sentMs) => sender.post(sender.nextSession(room, sentMs))));
      acknowledged += posted.filter((receipt) => receipt !== undefined).length;
    }
    return acknowledged === MONTHS ? acknowledged : 0;
  },
};

/** The table is not there for a while; meanwhile rows of another must come in. */
const refusingTable: Fault = {
  name: 'a table that refuses while others go on',
  inject: async ({ pipeline, random }) => {
    const client = createClient({ url: pipeline.clickHouseUrl });
    try {
      await client.command({ query: 'RENAME TABLE sessions_rows TO elsewhere' });
      try {
        await pause(random.int(LAST_MS.from, LAST_MS.to));
        const before = await countOf(client, 'messages');
        const goOn = async () => (await countOf(client, 'messages')) >= before + OTHERS;
        await waitFor(goOn, { timeoutMs: OTHERS_BOUND_MS });
        return (await countOf(client, 'messages')) - before;
      } finally {
        await client.command({ query: 'RENAME TABLE elsewhere TO sessions_rows' });
      }
    } finally {
      await client.close();
    }
  },
};

async function countOf(client: ClickHouseClient, view: string): Promise<number> {
  const query = 'SELECT count() AS n FROM {view:Identifier}';
  const result = await client.query({ query, query_params: { view }, format: 'JSONEachRow' });
  const [found] = await result.json<{ n: string }>();
  return Number(found?.n);
}

export const CONTENT_FAULTS: readonly Fault[] = [manyMonths, refusingTable];
