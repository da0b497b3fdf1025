import { commandLine, runCommand } from '../consumer/cli/command.ts';
import { Progress } from '../consumer/cli/progress.ts';
import { textTable } from '../consumer/cli/table.ts';
import { positiveNumber, wholeNumber } from '../consumer/cli/values.ts';
import { type Cost, costs, type Forgetting, forgetting, type Plan, startRemembering } from './edge/ids.ts';
import { Workers } from './edge/workers.ts';
import { type Machine, thisMachine } from './machine.ts';
import { type Parts, startParts } from './parts.ts';

const WARM_UP = 10_000;
const SMALLER = [0, 1_000_000, 10_000_000];
const QUICK: Plan = { sizes: [0, 10_000], rounds: 1, turnMs: 500, warmUp: 500 };

/** What remembering costs. */
interface Result {
  readonly machine: Machine;
  readonly costs: readonly Cost[];
  /** Of the outbox that remembered the most. */
  readonly forgetting: Forgetting;
}

/**
 * `npm run bench:ids`: what a webhook costs an outbox that remembers none, a million, ten million and a hundred million
 * others, and what it costs to forget. All of them are real Workers, on data that was made.
 * Exit code 1 when a webhook was not accepted.
 */
await runCommand(async () => {
  const { most, rounds, seconds, quick, json } = commandLine(
    'bench:ids',
    'Posts webhooks to outboxes that remember many ids.',
  )
    .option(
      '--most <n>',
      'how many ids an outbox remembers in the end',
      wholeNumber({ from: 1 }),
      100_000_000,
    )
    .option('--rounds <n>', 'how often all take their turn', wholeNumber({ from: 1 }), 5)
    .option('--seconds <n>', 'how long each turn is', positiveNumber, 5)
    .option('--quick', 'one short round with few ids: whether it works')
    .option('--json', 'one JSON object')
    .parse(process.argv.slice(2), { from: 'user' })
    .opts();
  const sizes = [...SMALLER.filter((each) => each < most), most];
  const plan = quick ? QUICK : { sizes, rounds, turnMs: seconds * 1_000, warmUp: WARM_UP };
  const parts = await startParts((line) => console.error(line));
  try {
    const result = await measure(parts, plan);
    process.stdout.write(json ? `${JSON.stringify(result)}\n` : inText(result));
    return result.costs.some(({ failures }) => failures > 0) ? 1 : 0;
  } finally {
    await parts.end();
  }
});

async function measure({ brokers, processes }: Parts, plan: Plan): Promise<Result> {
  const workers = new Workers(processes, brokers);
  using progress = new Progress();
  const all: Awaited<ReturnType<typeof startRemembering>>[] = [];
  for (const [done, ids] of plan.sizes.entries()) {
    progress.show('outboxes with ids', done, plan.sizes.length);
    all.push(await startRemembering(workers, processes, ids));
  }
  progress.clear();
  const measured = await costs(all, plan, (done, total) => progress.show('turns', done, total));
  progress.clear();
  const [largest] = all.slice(-1);
  if (largest === undefined) throw new Error('no outbox was measured');
  const forgot = await forgetting(workers, processes, { worker: largest.worker, more: plan.warmUp });
  return { machine: thisMachine(), costs: measured, forgetting: forgot };
}

function inText({ costs: rows, forgetting: { ids, slowest_ms } }: Result): string {
  const heads = Object.keys(rows[0] ?? {}).map((name) => name.replaceAll('_', ' '));
  const table = textTable({
    heads,
    rows: rows.map((row) => Object.values(row).map(String)),
    right: () => true,
  });
  return `${table}
While ${ids} ids were forgotten at once, the slowest answer took ${slowest_ms} ms.
`;
}
