import { runScript } from '../support/programs.ts';
import type { Pipeline } from './pipeline.ts';

/**
 * Has `npm run audit` balance the pipeline's books, which it does without knowing what the suite knows.
 * @returns what it found wrong
 */
export async function pipelineAudit(pipeline: Pipeline): Promise<string[]> {
  try {
    const { stdout } = await runScript('consumer/books/audit/main.ts', {
      CLICKHOUSE_URL: pipeline.clickHouseUrl,
      KAFKA_BROKERS: pipeline.brokers,
      TOPIC_PREFIX: pipeline.prefix,
      WORKER_URL: pipeline.workerUrl,
      ADMIN_TOKEN: pipeline.adminToken,
    });
    console.log(`\nnpm run audit:\n${stdout}`);
    return [];
  } catch (fault) {
    const { message, stdout = '', stderr = '' } = fault as Error & { stdout?: string; stderr?: string };
    return [`npm run audit: ${message}\n${stdout}\n${stderr}`];
  }
}
