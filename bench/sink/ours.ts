import { nodeCommand } from '../../local/npm-script.ts';
import { freePort } from '../../local/ports.ts';
import type { Contender, Place, Started } from './contender.ts';

/** The consumer as `npm run consumer` starts it. */
export const ours: Contender = { name: 'ours', keeps: true, start };

/** The same, for a store that keeps nothing beside the rows: what keeping costs. */
export const oursRowsAlone: Contender = { name: 'ours, rows alone', start };

async function start({ parts, store, group }: Place): Promise<Started> {
  const { env, args } = nodeCommand('consumer');
  const program = await parts.processes.start(args, {
    ...env,
    KAFKA_BROKERS: parts.brokers,
    CLICKHOUSE_URL: store.url,
    CONSUMER_GROUP: group,
    CONSUMER_PORT: `${await freePort()}`,
    LOG_LEVEL: 'error',
  });
  return { program };
}
