import { writeFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { type } from 'arktype';
import { pipelineAudit } from './audit.ts';
import { FAULTS } from './catalogue/all.ts';
import { Random } from './random.ts';
import { table } from './table.ts';
import { type Result, Trial } from './trial.ts';

/**
 * `npm run test:faults`: tries every fault, in an order that the seed gives, round after round. Ends with exit code 1
 * when anything was lost, doubled, out of order, or back too late.
 */
const options = type({
  seed: type('string.integer.parse').to('number >= 0'),
  rounds: type('string.integer.parse').to('number > 0'),
  'minutes?': type('string.numeric.parse').to('number > 0'),
  'only?': 'string > 0',
  'write?': 'string > 0',
});

const { values } = parseArgs({
  options: {
    seed: { type: 'string', default: String(Date.now() % 1_000_000) },
    rounds: { type: 'string', default: '1' },
    minutes: { type: 'string' },
    only: { type: 'string' },
    write: { type: 'string' },
  },
});
const { seed, rounds, minutes = Number.POSITIVE_INFINITY, only = '', write } = options.assert({ ...values });

const random = new Random(seed);
const faults = FAULTS.filter(({ name }) => name.includes(only));
const deadlineMs = performance.now() + minutes * 60_000;
const plan = Array.from({ length: rounds }, () => random.shuffled(faults)).flat();
const results: Result[] = [];
console.log(`seed ${seed}: ${plan.length} faults`);

const problems: string[] = [];
{
  await using trial = await Trial.start(random);
  for (const [index, fault] of plan.entries()) {
    if (performance.now() > deadlineMs) {
      console.log(`${minutes} minutes are over: ${plan.length - index} faults of the plan were not tried`);
      break;
    }
    const result = await trial.run(fault);
    results.push(result);
    const { acknowledged, recoverySeconds, violations } = result;
    const counted = `${index + 1}/${plan.length}`.padStart(7);
    console.log(`${counted} ${fault.name}: ${acknowledged} events, back in ${recoverySeconds.toFixed(1)} s`);
    for (const violation of violations) console.log(`        VIOLATED: ${violation}`);
    problems.push(...violations);
  }
  problems.push(...(await pipelineAudit(trial.pipeline)));
}

const report = table(
  results,
  faults.map(({ name }) => name),
);
console.log(`\n${report}\n`);
console.log(problems.length === 0 ? 'Nothing lost, nothing twice.' : `${problems.length} violations:`);
for (const problem of problems) console.log(`- ${problem}`);
if (write !== undefined) await writeFile(write, document());
process.exit(problems.length === 0 ? 0 : 1);

function document(): string {
  const command = `npm run test:faults -- ${process.argv.slice(2).join(' ')}`;
  const date = new Date().toISOString().slice(0, 10);
  return `# Faults, and what came of them\n\n${date}, seed ${seed}: \`${command}\`\n\n${report}\n`;
}
