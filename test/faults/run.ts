import { mkdir, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { pipelineAudit } from './audit.ts';
import { FAULTS } from './catalogue/all.ts';
import { readOptions } from './options.ts';
import { Random } from './random.ts';
import { document, table } from './table.ts';
import { type Result, Trial } from './trial.ts';

/**
 * `npm run test:faults`: tries every fault, in an order that the seed gives, round after round. Ends with exit code 1
 * when anything was lost, doubled, out of order, or back too late.
 */

const { seed, rounds, minutes = Number.POSITIVE_INFINITY, only, write } = readOptions(process.argv.slice(2));
const startedMs = performance.now();
const minutesSoFar = () => (performance.now() - startedMs) / 60_000;
const faults = FAULTS.filter(({ name }) => name.includes(only));
const plan = Array.from({ length: rounds }, (_, round) =>
  Random.of(seed, `order ${round}`)
    .shuffled(faults)
    .map((fault) => ({ fault, random: Random.of(seed, `${fault.name} ${round}`) })),
).flat();
const results: Result[] = [];
const problems: string[] = [];

// What runs meanwhile ends with this process: see pipeline.ts.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => process.exit(130));

console.log(`seed ${seed}: ${plan.length} faults; starting Kafka, ClickHouse, the Worker and the consumer`);
while (results.length < plan.length && minutesSoFar() < minutes) await onOnePipeline();

const report = table(
  results,
  faults.map(({ name }) => name),
);
console.log(`\n${report}\n`);
if (results.length < plan.length) console.log(`${plan.length - results.length} of the plan were not tried.`);
console.log(problems.length === 0 ? 'Nothing lost, nothing twice.' : `${problems.length} violations:`);
for (const problem of problems) console.log(`- ${problem}`);
if (write !== undefined) {
  await mkdir(dirname(write), { recursive: true });
  await writeFile(write, document(report, seed, minutesSoFar()));
}
process.exit(problems.length === 0 ? 0 : 1);

/** Goes on with the plan until it is through, or something is violated: what comes then gets a new pipeline. */
async function onOnePipeline(): Promise<void> {
  await using trial = await Trial.start(Random.of(seed, `sender ${results.length}`));
  for (const { fault, random } of plan.slice(results.length)) {
    if (minutesSoFar() > minutes) break;
    const result = await trial.run(fault, random);
    results.push(result);
    show(result);
    problems.push(...result.violations.map((violation) => `${fault.name}: ${violation}`));
    if (result.violations.length > 0) break;
  }
  problems.push(...(await pipelineAudit(trial.pipeline)));
}

function show({ fault, acknowledged, recoverySeconds, violations }: Result): void {
  const counted = `${results.length}/${plan.length}`.padStart(7);
  console.log(`${counted} ${fault}: ${acknowledged} events, back in ${recoverySeconds.toFixed(1)} s`);
  for (const violation of violations) console.log(`        VIOLATED: ${violation}`);
}
