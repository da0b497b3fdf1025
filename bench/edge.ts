import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { postFor, quantile, type Stretch } from './edge/load.ts';
import { type BenchWorker, startEdge, startEmptyWorker } from './edge/workers.ts';
import { startParts } from './parts.ts';

/**
 * `npm run bench:edge`: how many webhooks a second the edge acknowledges, each durable and on its way to Kafka,
 * beside a Worker in the same runtime that does nothing. The two take turns, so that the ratio holds on a machine
 * whose speed drifts.
 */
const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '5' },
    seconds: { type: 'string', default: '5' },
    json: { type: 'boolean', default: false },
  },
});
const rounds = Number(values.rounds);
const stretchMs = Number(values.seconds) * 1_000;

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

async function measure(empty: BenchWorker, edge: BenchWorker) {
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

const parts = await startParts((line) => console.error(line));
const dir = await mkdtemp(join(tmpdir(), 'qiscus-stream-bench-edge-'));
const running: BenchWorker[] = [];
try {
  const empty = await startEmptyWorker(join(dir, 'empty'));
  running.push(empty);
  const edge = await startEdge(join(dir, 'edge'), parts.brokers);
  running.push(edge);
  const result = await measure(empty, edge);
  if (values.json) console.log(JSON.stringify(result));
  else {
    console.table(result.workers);
    console.log(
      `The edge acknowledges ${result.ratio} of what a Worker does that does nothing (median of ${rounds} rounds).`,
    );
  }
  if (result.workers.some(({ failures }) => failures > 0)) process.exitCode = 1;
} finally {
  await Promise.all(running.map(({ child }) => child.stop()));
  await parts.end();
  await rm(dir, { recursive: true, force: true });
}
