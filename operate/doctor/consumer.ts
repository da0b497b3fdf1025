import { type Finding, findingsOf } from './finding.ts';
import type { Places } from './settings.ts';

const TIMEOUT_MS = 5_000;
const { ok, warning, failure } = findingsOf('consumer');

/** Asks the consumer of this machine, or of CONSUMER_HOST, whether it is ready. Never throws. */
export async function lookAtConsumer({ CONSUMER_HOST, CONSUMER_PORT }: Places): Promise<Finding[]> {
  const host = CONSUMER_HOST === '0.0.0.0' || CONSUMER_HOST === '::' ? '127.0.0.1' : CONSUMER_HOST;
  const url = `http://${host.includes(':') ? `[${host}]` : host}:${CONSUMER_PORT}/readyz`;
  const response = await fetch(url, { signal: AbortSignal.timeout(TIMEOUT_MS) }).catch(() => undefined);
  if (response === undefined) {
    const mend =
      'Set CONSUMER_HOST and CONSUMER_PORT to where it listens; whether its group is alive is told under Kafka.';
    return [warning(`no consumer answers at ${url}`, mend)];
  }
  await response.body?.cancel();
  if (response.ok) return [ok(`is ready at ${url}`)];
  return [failure(`is not ready: ${url} answers ${response.status}`, 'Its log says what it waits for.')];
}
