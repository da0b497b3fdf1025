import { type } from 'arktype';
import { kafkaSettings } from '../../schemas/kafka-settings.ts';
import { settingsError } from '../../schemas/settings.ts';
import { clickHouseUrl } from '../config.ts';

const ownSettings = type({
  '+': 'delete',
  WORKER_URL: type(/^https?:\/\/./).default('http://127.0.0.1:8787'),
  ADMIN_TOKEN: type('string > 0').default('local-admin'),
  CONSUMER_GROUP: type('string > 0').default('qiscus-clickhouse'),
  CLICKHOUSE_URL: clickHouseUrl.default('http://127.0.0.1:8123/qiscus'),
});

export type AuditSettings = typeof kafkaSettings.infer & typeof ownSettings.infer;

/**
 * The settings of `npm run audit`; their defaults are the local pipeline's.
 * @throws SettingsError naming each setting that is wrong
 */
export function readAuditSettings(env: NodeJS.ProcessEnv): AuditSettings {
  const kafka = kafkaSettings({ KAFKA_BROKERS: '127.0.0.1:9092', ...env });
  if (kafka instanceof type.errors) throw settingsError(kafka);
  const own = ownSettings(env);
  if (own instanceof type.errors) throw settingsError(own);
  return { ...kafka, ...own };
}
