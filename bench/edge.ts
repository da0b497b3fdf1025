import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { commandLine, runCommand } from '../consumer/cli/command.ts';
import { textTable } from '../consumer/cli/table.ts';
import { positiveNumber, wholeNumber } from '../consumer/cli/values.ts';
import { postFor, quantile, type Stretch } from './edge/load.ts';
import { type BenchWorker, startEdge, startEmptyWorker } from './edge/workers.ts';
import { startParts } from './parts.ts';

/**
 * `npm run bench:edge`: how many webhooks a second the edge acknowledges, each durable and on its way to Kafka,
 * beside a Worker in the same runtime that does nothing. The two take turns, so that the ratio holds on a machine
 * whose speed drifts.
 */
const sample = JSON.parse(await readFile(join(import.meta.dirname, '../test/samples/session.json'), 'utf8'));

/** The nth session, in one of a thousand rooms. */
function body(n: number): string {
  const room = { ...sample.payload.room, id: `room-${n % 1_000}` };
  const roomLog = { ...sample.room_log, created_at: new Date(Date.UTC(2026, 0) + n * 1_000).toISOString() };
  return JSON.stringify({ ...sample, payload: { ...sample.payload, room }, room_log: roomLog });
}

const median = (numbers: readonly number[]) =>
  quantile(
    [...numbers].sort((a, b) => a - b),
    0.5,
  );

function summary(name: string, stretches: readonly Stretch[]) {
  const of = (share: number) => median(stretches.map(({ latenciesMs }) => quantile(latenciesMs, share)));
  return {
    worker: name,
    per_second: Math.round(median(stretches.map(({ perSecond }) => perSecond))),
    p50_ms: Number(of(0.5).toFixed(1)),
    p99_ms: Number(of(0.99).toFixed(1)),
    failures: stretches.reduce((sum, { failures }) => sum + failures, 0),
  };
}

async function measure(
  empty: BenchWorker,
  edge: BenchWorker,
  { rounds, stretchMs }: { readonly rounds: number; readonly stretchMs: number },
) {
  const found: { empty: Stretch[]; edge: Stretch[] } = { empty: [], edge: [] };
  let sent = 0;
  // The first round warms both up.
  for (let round = 0; round <= rounds; round++) {
    const ofEmpty = await postFor(empty.url, stretchMs, body);
    const ofEdge = await postFor(edge.url, stretchMs, () => body(sent++));
    const [a, b] = [ofEmpty, ofEdge].map(({ perSecond }) => Math.round(perSecond));
    console.error(`round ${round} of ${rounds}: empty ${a}, edge ${b} a second`);
    if (round === 0) continue;
    found.empty.push(ofEmpty);
    found.edge.push(ofEdge);
  }
  const ratios = found.edge.map(({ perSecond }, i) => perSecond / (found.empty[i]?.perSecond ?? Number.NaN));
  return {
    workers: [summary('empty', found.empty), summary('edge', found.edge)],
    ratio: Number(median(ratios).toFixed(2)),
  };
}

await runCommand(async () => {
  const { rounds, seconds, json } = commandLine(
    'bench:edge',
    'Posts webhooks to the Worker, and to an empty one.',
  )
    .option('--rounds <n>', 'how often the two take turns', wholeNumber({ from: 1 }), 5)
    .option('--seconds <n>', 'how long each turn is', positiveNumber, 5)
    .option('--json', 'one JSON object')
    .parse(process.argv.slice(2), { from: 'user' })
    .opts();
  const result = await onWorkers((empty, edge) =>
    measure(empty, edge, { rounds, stretchMs: seconds * 1_000 }),
  );
  console.log(json ? JSON.stringify(result) : inText(result, rounds));
  return result.workers.some(({ failures }) => failures > 0) ? 1 : 0;
});

type Result = Awaited<ReturnType<typeof measure>>;

async function onWorkers(work: (empty: BenchWorker, edge: BenchWorker) => Promise<Result>): Promise<Result> {
  const parts = await startParts((line) => console.error(line));
  const dir = await mkdtemp(join(tmpdir(), 'qiscus-stream-bench-edge-'));
  const running: BenchWorker[] = [];
  try {
    const empty = await startEmptyWorker(join(dir, 'empty'));
    running.push(empty);
    const edge = await startEdge(join(dir, 'edge'), parts.brokers);
    running.push(edge);
    return await work(empty, edge);
  } finally {
    await Promise.all(running.map(({ child }) => child.stop()));
    await parts.end();
    await rm(dir, { recursive: true, force: true });
  }
}

function inText({ workers, ratio }: Result, rounds: number): string {
  const heads = ['worker', 'per second', 'p50 ms', 'p99 ms', 'failures'];
  const rows = workers.map((worker) => Object.values(worker).map(String));
  return `${textTable({ heads, rows, right: (column) => column > 0 })}
The edge acknowledges ${ratio} of what a Worker does that does nothing (median of ${rounds} rounds).`;
}
