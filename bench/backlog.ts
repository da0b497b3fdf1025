import { readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { commandLine, runCommand } from '../consumer/cli/command.ts';
import { Progress } from '../consumer/cli/progress.ts';
import { textTable } from '../consumer/cli/table.ts';
import { wholeNumber } from '../consumer/cli/values.ts';
import type { Child } from '../local/child.ts';
import { publish } from './backlog/publish.ts';
import { type Parts, startParts } from './parts.ts';

const SAMPLE_MS = 250;
const PAUSE_AT = 0.3;

/**
 * `npm run bench:backlog`: how much memory the consumer takes while a backlog waits for it, and how fast it drains
 * it; in the middle ClickHouse hangs for a while. Exit code 1 when an event is missing or doubled.
 */
await runCommand(async () => {
  const { events, pauseSeconds, json } = commandLine(
    'bench:backlog',
    'Drains a backlog and watches the memory.',
  )
    .option('--events <n>', 'how many wait', wholeNumber({ from: 1 }), 1_000_000)
    .option('--pause-seconds <n>', 'how long ClickHouse hangs', wholeNumber({ to: 3_600 }), 20)
    .option('--json', 'one JSON object')
    .parse(process.argv.slice(2), { from: 'user' })
    .opts();
  const parts = await startParts((line) => console.error(line));
  try {
    await published(parts, events);
    const result = await drain(parts, events, pauseSeconds * 1_000);
    process.stdout.write(json ? `${JSON.stringify(result)}\n` : inText(result));
    return result.stored === events ? 0 : 1;
  } finally {
    await parts.end();
  }
});

interface Result {
  readonly events: number;
  readonly stored: number;
  /** While ClickHouse ran, events per second from the first to the last. */
  readonly events_per_second: number;
  readonly drain_seconds: number;
  readonly pause_seconds: number;
  readonly peak_rss_mb: number;
  /** While ClickHouse hung. */
  readonly peak_rss_paused_mb: number;
}

async function published({ brokers }: Parts, count: number): Promise<void> {
  using progress = new Progress({ isKept: true });
  await publish(brokers, count, (done) => progress.show('published', done, count));
}

async function drain(parts: Parts, count: number, pauseMs: number): Promise<Result> {
  const consumer = await parts.startConsumer();
  using progress = new Progress({ isKept: true });
  let [peak, peakPaused, paused, stored] = [0, 0, false, 0];
  let startMs: number | undefined;
  while (stored < count) {
    await sleep(SAMPLE_MS);
    if (!consumer.running()) throw new Error('the consumer ended in the middle');
    stored = await countEvents(parts);
    if (stored > 0) startMs ??= performance.now();
    peak = Math.max(peak, await rssMb(consumer));
    progress.show('drained', stored, count, `${Math.round(peak)} MB at the most`);
    if (paused || pauseMs === 0 || stored < count * PAUSE_AT) continue;
    paused = true;
    peakPaused = await whilePaused(parts, consumer, pauseMs);
    peak = Math.max(peak, peakPaused);
  }
  const seconds = (performance.now() - (startMs ?? 0) - (paused ? pauseMs : 0)) / 1_000;
  return {
    events: count,
    stored: await countEvents(parts, 'events'),
    events_per_second: Math.round(count / seconds),
    drain_seconds: Math.round(seconds),
    pause_seconds: pauseMs / 1_000,
    peak_rss_mb: Math.round(peak),
    peak_rss_paused_mb: Math.round(peakPaused),
  };
}

/** Has ClickHouse hang, without closing a connection. @returns the consumer's memory at its most, MB */
async function whilePaused({ clickHouse }: Parts, consumer: Child, pauseMs: number): Promise<number> {
  let peak = 0;
  clickHouse.signal('SIGSTOP');
  for (const endMs = performance.now() + pauseMs; performance.now() < endMs; await sleep(SAMPLE_MS)) {
    peak = Math.max(peak, await rssMb(consumer));
  }
  clickHouse.signal('SIGCONT');
  return peak;
}

async function countEvents({ clickHouseUrl }: Parts, from = 'events_rows'): Promise<number> {
  const response = await fetch(clickHouseUrl, { method: 'POST', body: `SELECT count() FROM ${from}` });
  if (!response.ok) throw new Error(await response.text());
  return Number(await response.text());
}

async function rssMb({ pid }: Child): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8');
  return Number(/^VmRSS:\s+(\d+) kB/m.exec(status)?.[1] ?? 0) / 1_024;
}

function inText(result: Result): string {
  const rows = Object.entries(result).map(([name, value]) => [
    name.replaceAll('_', ' '),
    Number(value).toLocaleString('en'),
  ]);
  return textTable({ heads: ['measured', ''], rows, right: (column) => column === 1 });
}
