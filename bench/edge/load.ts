import { Agent, request } from 'node:http';

const IN_FLIGHT = 64;

/** What a stretch of posting came to; latencies in milliseconds, sorted. */
export interface Stretch {
  readonly perSecond: number;
  readonly latenciesMs: readonly number[];
  /** Answers other than 202. */
  readonly failures: number;
}

/** Posts webhooks to a URL, 64 at a time, for so long. @param bodyOf gives the nth webhook */
export async function postFor(url: string, ms: number, bodyOf: (n: number) => string): Promise<Stretch> {
  const agent = new Agent({ keepAlive: true, maxSockets: IN_FLIGHT });
  const latenciesMs: number[] = [];
  let [sent, failures] = [0, 0];
  const startMs = performance.now();
  const sender = async () => {
    while (performance.now() - startMs < ms) {
      const atMs = performance.now();
      const status = await post(url, agent, bodyOf(sent++));
      if (status === 202) latenciesMs.push(performance.now() - atMs);
      else failures++;
    }
  };
  await Promise.all(Array.from({ length: IN_FLIGHT }, sender));
  const seconds = (performance.now() - startMs) / 1_000;
  agent.destroy();
  latenciesMs.sort((a, b) => a - b);
  return { perSecond: latenciesMs.length / seconds, latenciesMs, failures };
}

function post(url: string, agent: Agent, body: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const sending = request(url, { method: 'POST', agent }, (response) => {
      response.resume();
      response.once('end', () => resolve(response.statusCode ?? 0));
    });
    sending.once('error', reject);
    sending.end(body);
  });
}

/** The value below which a share of the sorted values lie. */
export function quantile(sorted: readonly number[], share: number): number {
  return sorted[Math.floor((sorted.length - 1) * share)] ?? Number.NaN;
}
