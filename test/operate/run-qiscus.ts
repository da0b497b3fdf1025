import { expect } from 'vitest';
import { runScript } from '../support/programs.ts';
import { ADMIN_TOKEN, ANSWERED_SECRET, APP_ID, PASSWORD, SECRET_KEY, type Vendor } from './vendor.ts';

export const WEBHOOK_TOKEN = 'webhook-token-of-ours';
export const WEBHOOK_URL = `https://worker.example.com/webhooks/demo/${WEBHOOK_TOKEN}`;
const SECRETS = [SECRET_KEY, ADMIN_TOKEN, PASSWORD, ANSWERED_SECRET, WEBHOOK_TOKEN];

export interface Run {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
  readonly all: string;
}

/** Runs `npm run qiscus` against a stand-in; in whatever it writes there is no secret. */
export async function runQiscus(
  vendor: Vendor,
  args: readonly string[],
  settings: Record<string, string> = {},
): Promise<Run> {
  const env = {
    QISCUS_BASE_URL: vendor.url,
    QISCUS_APP_ID: APP_ID,
    QISCUS_SECRET_KEY: SECRET_KEY,
    QISCUS_ADMIN_TOKEN: ADMIN_TOKEN,
    WEBHOOK_URL,
    // Nothing listens there: what has come is not known, and that is told.
    WORKER_URL: 'http://127.0.0.1:1',
    CLICKHOUSE_URL: 'http://127.0.0.1:1/qiscus',
    ...settings,
  };
  const ended = await runScript('operate/qiscus/main.ts', env, [...args]).then(
    ({ stdout, stderr }) => ({ code: 0, stdout, stderr }),
    ({ code, stdout, stderr }) => ({ code, stdout, stderr }),
  );
  const all = ended.stdout + ended.stderr;
  for (const secret of SECRETS) expect(all).not.toContain(secret);
  return { ...ended, all };
}
