import { Agent, request } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { CommandError } from '../../consumer/cli/command.ts';
import { FACT_KINDS } from '../../schemas/webhooks.ts';
import { payloadOf } from '../sink/backlog.ts';

const MOST_CONNECTIONS = 128;

/** How a stretch of posting goes. */
export interface Pace {
  readonly url: string;
  readonly perSecond: number;
  readonly seconds: number;
  /** The number of the first webhook; each stands as the room or the user in one of them. */
  readonly first: number;
}

/**
 * Posts webhooks of all kinds in turn, each when it is due, whether or not those before it have been answered: a slow
 * answer must not thin out the load.
 * @param onDue is called with the number of each, and when it was due
 * @returns when all are answered @throws CommandError when one is not accepted
 */
export async function post(
  { url, perSecond, seconds, first }: Pace,
  onDue: (n: number, dueMs: number) => void,
): Promise<void> {
  const agent = new Agent({ keepAlive: true, maxSockets: MOST_CONNECTIONS });
  const startMs = performance.now();
  const answers: Promise<void>[] = [];
  try {
    for (let i = 0; i < perSecond * seconds; i++) {
      const dueMs = startMs + (i * 1_000) / perSecond;
      const earlyMs = dueMs - performance.now();
      if (earlyMs > 0) await sleep(earlyMs);
      onDue(first + i, dueMs);
      answers.push(accepted(url, agent, bodyOf(first + i)));
    }
    await Promise.all(answers);
  } finally {
    agent.destroy();
  }
}

function bodyOf(n: number): string {
  return payloadOf(FACT_KINDS[n % FACT_KINDS.length] ?? 'session', `${n}`);
}

function accepted(url: string, agent: Agent, body: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const sending = request(url, { method: 'POST', agent }, (response) => {
      response.resume();
      const refused = () => new CommandError(`The Worker answered ${response.statusCode} to a webhook.`);
      response.once('end', () => (response.statusCode === 202 ? resolve() : reject(refused())));
    });
    sending.once('error', reject);
    sending.end(body);
  });
}
