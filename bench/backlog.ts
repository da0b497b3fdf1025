import { readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import type { Child } from '../local/child.ts';
import { publish } from './backlog/publish.ts';
import { type Parts, startParts } from './parts.ts';

/**
 * `npm run bench:backlog`: how much memory the consumer takes while a backlog waits for it, and how fast it drains
 * it; in the middle ClickHouse hangs for a while. Exit code 1 when an event is missing or doubled.
 */
const { values } = parseArgs({
  options: {
    events: { type: 'string', default: '1000000' },
    'pause-seconds': { type: 'string', default: '20' },
    json: { type: 'boolean', default: false },
  },
});
const count = Number(values.events);
const pauseMs = Number(values['pause-seconds']) * 1_000;

const SAMPLE_MS = 250;
const PAUSE_AT = 0.3;

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

/** To stderr: one line that rewrites itself on a terminal, a line for each ten per cent elsewhere. */
function progress(what: string) {
  let shown = -1;
  return (done: number, more = '') => {
    const share = Math.floor((done / count) * (process.stderr.isTTY ? 100 : 10));
    if (share === shown) return;
    shown = share;
    const line = `${what} ${done.toLocaleString('en')} of ${count.toLocaleString('en')} ${more}`;
    process.stderr.write(process.stderr.isTTY ? `\r${line}   ${done >= count ? '\n' : ''}` : `${line}\n`);
  };
}

async function drain(parts: Parts): Promise<Result> {
  const consumer = await parts.startConsumer();
  const onProgress = progress('drained');
  let [peak, peakPaused, paused, stored] = [0, 0, false, 0];
  let startMs: number | undefined;
  while (stored < count) {
    await sleep(SAMPLE_MS);
    if (!consumer.running()) throw new Error('the consumer ended in the middle');
    stored = await countEvents(parts);
    if (stored > 0) startMs ??= performance.now();
    peak = Math.max(peak, await rssMb(consumer));
    onProgress(stored, `, ${Math.round(peak)} MB at the most`);
    if (paused || pauseMs === 0 || stored < count * PAUSE_AT) continue;
    paused = true;
    peakPaused = await whilePaused(parts, consumer);
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
async function whilePaused({ clickHouse }: Parts, consumer: Child): Promise<number> {
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
  const lines = Object.entries(result).map(
    ([name, value]) => `${name.replaceAll('_', ' ').padEnd(20)}${value.toLocaleString('en').padStart(12)}\n`,
  );
  return lines.join('');
}

const parts = await startParts((line) => console.error(line));
try {
  await publish(parts.brokers, count, progress('published'));
  const result = await drain(parts);
  process.stdout.write(values.json ? `${JSON.stringify(result)}\n` : inText(result));
  if (result.stored !== count) process.exitCode = 1;
} finally {
  await parts.end();
}
