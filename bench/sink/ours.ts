import { freePort } from '../../local/ports.ts';
import type { Contender } from './contender.ts';

/** The consumer as `npm run consumer` starts it. */
export const ours: Contender = {
  name: 'ours',
  start: async ({ parts, store, group }) => {
    const program = await parts.processes.start('consumer/main.ts', {
      KAFKA_BROKERS: parts.brokers,
      CLICKHOUSE_URL: store.url,
      CONSUMER_GROUP: group,
      CONSUMER_PORT: `${await freePort()}`,
      LOG_LEVEL: 'error',
    });
    return { program };
  },
};
