import { type } from 'arktype';
import { kafkaSettings } from '../../../schemas/kafka-settings.ts';
import { settingsError } from '../../../schemas/settings.ts';
import { adminToken, clickHouseUrl, consumerGroup, workerUrl } from '../../config.ts';

const ownSettings = type({
  '+': 'delete',
  WORKER_URL: workerUrl,
  ADMIN_TOKEN: adminToken,
  CONSUMER_GROUP: consumerGroup.default('qiscus-clickhouse'),
  CLICKHOUSE_URL: clickHouseUrl,
});

export type AuditSettings = typeof kafkaSettings.infer & typeof ownSettings.infer;

/**
 * The settings of `npm run audit`.
 * @throws SettingsError naming each setting that is missing or wrong
 */
export function readAuditSettings(env: NodeJS.ProcessEnv): AuditSettings {
  const kafka = kafkaSettings(env);
  if (kafka instanceof type.errors) throw settingsError(kafka);
  const own = ownSettings(env);
  if (own instanceof type.errors) throw settingsError(own);
  return { ...kafka, ...own };
}
