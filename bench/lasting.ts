import { commandLine, runCommand } from '../consumer/cli/command.ts';
import { Progress } from '../consumer/cli/progress.ts';
import { textTable } from '../consumer/cli/table.ts';
import { positiveNumber, wholeNumber } from '../consumer/cli/values.ts';
import { startTcpProxy } from '../test/support/tcp-proxy.ts';
import { type Cost, costWith, type Drain, drained } from './edge/backlog.ts';
import { lastingLoad, type Sample } from './edge/lasting.ts';
import { type BenchWorker, Workers } from './edge/workers.ts';
import { type Machine, thisMachine } from './machine.ts';
import { type Parts, startParts } from './parts.ts';

const STRETCH_MS = 5_000;
const TURN_MS = 3_000;
/** Nearly as much as a webhook may have. */
const PADDING_BYTES = 800_000;
const SMALLER_BACKLOGS = [0, 10_000];

/** How much is measured. */
interface Plan {
  readonly stretches: number;
  readonly stretchMs: number;
  /** Events that wait for Kafka. */
  readonly backlogs: readonly number[];
  /** Events of nearly a megabyte that wait for it, at the end. */
  readonly large: number;
  readonly turnMs: number;
}

const QUICK: Plan = { stretches: 1, stretchMs: 500, backlogs: [100], large: 10, turnMs: 500 };

/** What the edge does over a long time, and with a long backlog. */
interface Result {
  readonly machine: Machine;
  readonly lasting: readonly Sample[];
  readonly backlog: readonly Cost[];
  readonly drain: Drain;
  /** The same with bodies of nearly a megabyte. */
  readonly large: { readonly gigabytes: number; readonly backlog: readonly Cost[]; readonly drain: Drain };
}

/**
 * `npm run bench:lasting`: the edge at full rate for a long time, its memory and its slowest answer; and then what a
 * webhook costs while a backlog waits for a Kafka that cannot be reached, and how that goes out when it can.
 */
await runCommand(async () => {
  const { minutes, most, gigabytes, quick, json } = commandLine(
    'bench:lasting',
    'Keeps the edge busy, and has it wait for Kafka.',
  )
    .option('--minutes <n>', 'how long it takes webhooks at full rate', positiveNumber, 10)
    .option('--most <n>', 'how many wait for Kafka in the end', wholeNumber({ from: 1 }), 1_000_000)
    .option('--gigabytes <n>', 'how much waits for Kafka in large bodies, at the very end', positiveNumber, 8)
    .option('--quick', 'for a moment only: whether it works')
    .option('--json', 'one JSON object')
    .parse(process.argv.slice(2), { from: 'user' })
    .opts();
  const parts = await startParts((line) => console.error(line));
  try {
    const plan = quick ? QUICK : planOf(minutes, most, gigabytes);
    const lasting = await underLoad(parts, plan);
    const backlog = await withBacklog(parts, plan, ({ nextBody }) => nextBody);
    const large = await withBacklog(parts, { ...plan, backlogs: [plan.large] }, withPadding);
    const size = { gigabytes: (plan.large * PADDING_BYTES) / 1e9 };
    const result = { machine: thisMachine(), lasting, ...backlog, large: { ...size, ...large } };
    process.stdout.write(json ? `${JSON.stringify(result)}\n` : inText(result));
    return 0;
  } finally {
    await parts.end();
  }
});

function planOf(minutes: number, most: number, gigabytes: number): Plan {
  const stretches = Math.max(1, Math.round((minutes * 60_000) / STRETCH_MS));
  const backlogs = [...SMALLER_BACKLOGS.filter((each) => each < most), most];
  const large = Math.ceil((gigabytes * 1e9) / PADDING_BYTES);
  return { stretches, stretchMs: STRETCH_MS, backlogs, large, turnMs: TURN_MS };
}

async function underLoad({ brokers, processes }: Parts, plan: Plan): Promise<Sample[]> {
  const worker = await new Workers(processes, brokers).start('real', {});
  using progress = new Progress();
  const show = (done: number) => progress.show('stretches of load', done, plan.stretches);
  const samples = await lastingLoad(worker, plan, show);
  await processes.stop(worker.child);
  return samples;
}

/** The same webhooks, each with so much beside what is read of it. */
function withPadding({ nextBody }: BenchWorker): () => string {
  const padding = `,"padding":"${'x'.repeat(PADDING_BYTES)}"}`;
  return () => nextBody().replace(/}$/, padding);
}

/** @param bodies makes of a Worker's webhooks those that are posted */
async function withBacklog(
  { brokers, processes }: Parts,
  plan: Plan,
  bodies: (worker: BenchWorker) => () => string,
) {
  const kafka = await startTcpProxy(Number(brokers.split(':')[1]));
  await kafka.set('cut');
  const worker = await new Workers(processes, `127.0.0.1:${kafka.port}`).start('real', {});
  const sender = { ...worker, nextBody: bodies(worker) };
  using progress = new Progress();
  const backlog: Cost[] = [];
  for (const size of plan.backlogs) {
    backlog.push(await costWith(sender, size, plan.turnMs, (n) => progress.show('waiting', n, size)));
  }
  progress.clear();
  await kafka.set('pass');
  const drain = await drained(sender, (left, of) => progress.show('gone out', of - left, of));
  await kafka.set('cut');
  await processes.stop(worker.child);
  return { backlog, drain };
}

function inText({ lasting, backlog, drain, large }: Result): string {
  return `${tableOf(lasting)}
${tableOf(backlog)}
${inWords(drain)}

${large.gigabytes} GB in large bodies:
${tableOf(large.backlog)}
${inWords(large.drain)}
`;
}

function inWords({ events, events_per_second, slowest_ms, slowest_status_ms }: Drain): string {
  const meanwhile = `the slowest answer meanwhile took ${slowest_ms} ms, of /status ${slowest_status_ms} ms`;
  return `${events} events went out at ${events_per_second} a second; ${meanwhile}.`;
}

function tableOf(rows: readonly (Sample | Cost)[]): string {
  const heads = Object.keys(rows[0] ?? {}).map((name) => name.replaceAll('_', ' '));
  return textTable({ heads, rows: rows.map((row) => Object.values(row).map(String)), right: () => true });
}
