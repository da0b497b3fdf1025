import type { Contender } from '../contender.ts';

/** `eachMessage`, batches of a thousand, JSON rows: see main.ts. */
export const usualLoop: Contender = {
  name: 'usual loop',
  start: async ({ parts, store, group }) => {
    const program = await parts.processes.start(['bench/sink/usual-loop/main.ts'], {
      KAFKA_BROKERS: parts.brokers,
      CLICKHOUSE_URL: store.url,
      CONSUMER_GROUP: group,
    });
    return { program };
  },
};
