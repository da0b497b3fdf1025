import { commandLine, runCommand } from '../consumer/cli/command.ts';
import { Progress } from '../consumer/cli/progress.ts';
import { textTable } from '../consumer/cli/table.ts';
import { positiveNumber, wholeNumber } from '../consumer/cli/values.ts';
import { startTcpProxy } from '../test/support/tcp-proxy.ts';
import { type Cost, costWith, type Drain, drained } from './edge/backlog.ts';
import { lastingLoad, type Sample } from './edge/lasting.ts';
import { Workers } from './edge/workers.ts';
import { type Machine, thisMachine } from './machine.ts';
import { type Parts, startParts } from './parts.ts';
import { Processes } from './processes.ts';

const STRETCH_MS = 5_000;
const TURN_MS = 3_000;
const BACKLOG_EVENTS = [0, 10_000];

/** What the edge does over a long time, and with a long backlog. */
interface Result {
  readonly machine: Machine;
  readonly lasting: readonly Sample[];
  readonly backlog: readonly Cost[];
  readonly drain: Drain;
}

/**
 * `npm run bench:lasting`: the edge at full rate for a long time, its memory and its slowest answer; and then what a
 * webhook costs while a backlog waits for a Kafka that cannot be reached, and how that goes out when it can.
 */
await runCommand(async () => {
  const { minutes, most, json } = commandLine(
    'bench:lasting',
    'Keeps the edge busy, and has it wait for Kafka.',
  )
    .option('--minutes <n>', 'how long it takes webhooks at full rate', positiveNumber, 10)
    .option('--most <n>', 'how many wait for Kafka in the end', wholeNumber({ from: 1 }), 1_000_000)
    .option('--json', 'one JSON object')
    .parse(process.argv.slice(2), { from: 'user' })
    .opts();
  const parts = await startParts((line) => console.error(line));
  const processes = await Processes.inNewFolder();
  try {
    const lasting = await underLoad(parts, processes, minutes);
    const result = { machine: thisMachine(), lasting, ...(await withBacklog(parts, processes, most)) };
    process.stdout.write(json ? `${JSON.stringify(result)}\n` : inText(result));
    return 0;
  } finally {
    await processes.end();
    await parts.end();
  }
});

async function underLoad({ brokers }: Parts, processes: Processes, minutes: number): Promise<Sample[]> {
  const worker = await new Workers(processes, brokers).start('real', {});
  const stretches = Math.max(1, Math.round((minutes * 60_000) / STRETCH_MS));
  using progress = new Progress();
  const show = (done: number) => progress.show('stretches of load', done, stretches);
  const samples = await lastingLoad(worker, { stretches, stretchMs: STRETCH_MS }, show);
  await processes.stop(worker.child);
  return samples;
}

async function withBacklog({ brokers }: Parts, processes: Processes, most: number) {
  const kafka = await startTcpProxy(Number(brokers.split(':')[1]));
  await kafka.set('cut');
  const worker = await new Workers(processes, `127.0.0.1:${kafka.port}`).start('real', {});
  using progress = new Progress();
  const backlog: Cost[] = [];
  for (const size of [...BACKLOG_EVENTS.filter((each) => each < most), most]) {
    backlog.push(await costWith(worker, size, TURN_MS, (n) => progress.show('waiting', n, size)));
  }
  progress.clear();
  await kafka.set('pass');
  const drain = await drained(worker, (left) => progress.show('still waiting', left, most));
  await kafka.set('cut');
  return { backlog, drain };
}

function inText({ lasting, backlog, drain }: Result): string {
  return `${tableOf(lasting)}
${tableOf(backlog)}
${drain.events} events went out at ${drain.events_per_second} a second; the slowest answer meanwhile took ${drain.slowest_ms} ms, of /status ${drain.slowest_status_ms} ms.
`;
}

function tableOf(rows: readonly (Sample | Cost)[]): string {
  const heads = Object.keys(rows[0] ?? {}).map((name) => name.replaceAll('_', ' '));
  return textTable({ heads, rows: rows.map((row) => Object.values(row).map(String)), right: () => true });
}
