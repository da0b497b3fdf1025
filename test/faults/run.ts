import { mkdir, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { runCommand } from '../../consumer/cli/command.ts';
import { pipelineAudit } from './audit.ts';
import { FAULTS } from './catalogue/all.ts';
import { readOptions } from './options.ts';
import { Random } from './random.ts';
import { document, summarized, table } from './table.ts';
import { type Fault, type Result, Trial } from './trial.ts';

/**
 * `npm run test:faults`: tries every fault, in an order that the seed gives, round after round. Ends with exit code 1
 * when anything was lost, doubled, out of order, or back too late.
 */

interface Try {
  readonly fault: Fault;
  readonly random: Random;
}

interface Run {
  readonly seed: number;
  readonly plan: readonly Try[];
  readonly isOver: () => boolean;
  readonly results: Result[];
  readonly problems: string[];
}

// What runs meanwhile ends with this process: see pipeline.ts.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => process.exit(130));

await runCommand(
  async () => {
    const {
      seed,
      rounds,
      minutes = Number.POSITIVE_INFINITY,
      only,
      write,
    } = readOptions(process.argv.slice(2));
    const faults = FAULTS.filter(({ name }) => name.includes(only));
    const plan = planOf(faults, seed, rounds);
    const startedMs = performance.now();
    const minutesSoFar = () => (performance.now() - startedMs) / 60_000;
    const run: Run = { seed, plan, isOver: () => minutesSoFar() > minutes, results: [], problems: [] };
    console.log(
      `seed ${seed}: ${plan.length} faults; starting Kafka, ClickHouse, the Worker and the consumer`,
    );
    while (run.results.length < plan.length && !run.isOver()) await onOnePipeline(run);

    const names = faults.map(({ name }) => name);
    const rows = summarized(run.results, names);
    tell(run, rows);
    if (write !== undefined) {
      await mkdir(dirname(write), { recursive: true });
      await writeFile(write, document(rows, seed, minutesSoFar()));
    }
    return run.problems.length === 0 ? 0 : 1;
  },
  { failed: 2 },
);
process.exit();

function planOf(faults: readonly Fault[], seed: number, rounds: number): Try[] {
  return Array.from({ length: rounds }, (_, round) =>
    Random.of(seed, `order ${round}`)
      .shuffled(faults)
      .map((fault) => ({ fault, random: Random.of(seed, `${fault.name} ${round}`) })),
  ).flat();
}

/** Goes on with the plan until it is through, or something is violated: what comes then gets a new pipeline. */
async function onOnePipeline({ seed, plan, isOver, results, problems }: Run): Promise<void> {
  await using trial = await Trial.start(Random.of(seed, `sender ${results.length}`));
  for (const { fault, random } of plan.slice(results.length)) {
    if (isOver()) break;
    const result = await trial.run(fault, random);
    results.push(result);
    show(result, `${results.length}/${plan.length}`);
    problems.push(...result.violations.map((violation) => `${fault.name}: ${violation}`));
    if (result.violations.length > 0) break;
  }
  problems.push(...(await pipelineAudit(trial.pipeline)));
}

function show({ fault, acknowledged, recoverySeconds, violations }: Result, counted: string): void {
  console.log(
    `${counted.padStart(7)} ${fault}: ${acknowledged} events, back in ${recoverySeconds.toFixed(1)} s`,
  );
  for (const violation of violations) console.log(`        VIOLATED: ${violation}`);
}

function tell({ plan, results, problems }: Run, rows: readonly string[][]): void {
  console.log(`\n${table(rows)}`);
  if (results.length < plan.length)
    console.log(`${plan.length - results.length} of the plan were not tried.`);
  console.log(problems.length === 0 ? 'Nothing lost, nothing twice.' : `${problems.length} violations:`);
  for (const problem of problems) console.log(`- ${problem}`);
}
