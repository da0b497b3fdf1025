import { join } from 'node:path';
import { unstable_readConfig } from 'wrangler';
import { withLocalPipeline } from '../../consumer/cli/local-pipeline.ts';
import { lookAtClickHouse } from './clickhouse.ts';
import { lookAtConsumer } from './consumer.ts';
import { lookAtDeployment } from './deployment.ts';
import type { Finding } from './finding.ts';
import { lookAtKafka } from './kafka.ts';
import { lookAtReach } from './reach.ts';
import { lookAtWorkerSettings, readPlaces } from './settings.ts';
import { lookAtWorker } from './worker.ts';

const WRANGLER_TOML = join(import.meta.dirname, '..', '..', 'wrangler.toml');

/**
 * Looks at everything, and changes nothing.
 * @param isBeforeDeploy what runs only after it is left out, and where the environment does not say otherwise, Kafka is
 * where `wrangler.toml` has it
 * @throws SettingsError naming each setting that is missing or wrong
 */
export async function diagnose(env: NodeJS.ProcessEnv, isBeforeDeploy: boolean): Promise<Finding[]> {
  const config = unstable_readConfig({ config: WRANGLER_TOML });
  const variables = Object.entries(config.vars).map(([name, value]) => [name, String(value)]);
  const all = withLocalPipeline(isBeforeDeploy ? { ...Object.fromEntries(variables), ...env } : env);
  const places = readPlaces(all);
  const found = await Promise.all([
    lookAtWorkerSettings(config.vars, all),
    lookAtDeployment(config, Date.now()),
    isBeforeDeploy ? lookAtReach(config.vars, places) : [],
    lookAtKafka(places, isBeforeDeploy),
    lookAtClickHouse(places, Date.now),
    ...(isBeforeDeploy ? [] : [lookAtWorker(places, Date.now), lookAtConsumer(places)]),
  ]);
  return found.flat();
}
