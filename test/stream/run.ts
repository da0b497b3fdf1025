import { spawn } from 'node:child_process';
import { undoAfterwards } from '../support/clean-up.ts';
import { baseEnvironment, ROOT } from '../support/environment.ts';
import { eventually } from '../support/eventually.ts';
import { quietKafka } from '../support/kafka.ts';

/** A command of the project's that runs until it is stopped. */
export interface Running {
  readonly stdout: () => string;
  readonly stderr: () => string;
  readonly lines: () => string[];
  /** Its exit code, or undefined after a signal, once it has ended. */
  readonly ended: Promise<number | undefined>;
  signal(name: NodeJS.Signals): void;
  /** Stops reading its output, as `head` does. */
  hangUp(): void;
}

/** Starts a script with these settings and no others; killed after the test. */
export function startScript(
  script: string,
  settings: Readonly<Record<string, string>>,
  args: readonly string[] = [],
): Running {
  const child = spawn(process.execPath, [script, ...args], {
    cwd: ROOT,
    env: { ...baseEnvironment(), ...settings },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  undoAfterwards(() => void child.kill('SIGKILL'));
  const texts = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'] as const) {
    child[name].setEncoding('utf8').on('data', (text: string) => {
      texts[name] += text;
    });
  }
  const ended = new Promise<number | undefined>((resolve) =>
    child.once('close', (code) => resolve(code ?? undefined)),
  );
  return {
    stdout: () => texts.stdout,
    stderr: () => texts.stderr,
    lines: () => texts.stdout.split('\n').slice(0, -1),
    ended,
    signal: (name) => void child.kill(name),
    hangUp: () => void child.stdout.destroy(),
  };
}

/** How many messages stand in topics: a publisher that tries again may have sent one twice. */
export async function messagesStanding(brokers: string, ...topics: readonly string[]): Promise<number> {
  const admin = quietKafka(brokers).admin();
  await admin.connect();
  try {
    // A broker that has made them just now does not lead all of their partitions yet.
    const ends = await eventually(() => Promise.all(topics.map((topic) => admin.fetchTopicOffsets(topic))));
    return ends.flat().reduce((sum, { high }) => sum + Number(high), 0);
  } finally {
    await admin.disconnect();
  }
}
