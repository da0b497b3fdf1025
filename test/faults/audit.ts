import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from '../support/environment.ts';
import { runScript } from '../support/programs.ts';
import type { Pipeline } from './pipeline.ts';

const AUDIT = 'consumer/audit/main.ts';

/** Has `npm run audit` balance the pipeline's books. @returns what it found wrong */
export async function pipelineAudit({ clickHouseUrl, workerUrl, adminToken }: Pipeline): Promise<string[]> {
  if (!existsSync(join(ROOT, AUDIT))) return [];
  try {
    await runScript(AUDIT, {
      CLICKHOUSE_URL: clickHouseUrl,
      WORKER_URL: workerUrl,
      ADMIN_TOKEN: adminToken,
    });
    return [];
  } catch (fault) {
    const { stdout, stderr } = fault as { stdout: string; stderr: string };
    return [`the audit found faults:\n${stdout}\n${stderr}`];
  }
}
