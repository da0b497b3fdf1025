import './kafkajs-names.ts';
import { parseArgs } from 'node:util';
import type { Scenario } from './world/run.ts';

/**
 * `npm run test:simulation -- [--seeds 2000] [--from 1]`: many schedules of each scenario, and of one seed in five
 * hundred one more for each of its steps, with a death there. Prints what broke and how to see it again.
 */
const { runSchedule } = await import('./world/run.ts');
const { CONSUMER, OUTBOX } = await import('./scenarios.ts');

const EVERY_STEP_OF = 500;
const PROGRESS_MS = 1_000;

const options = {
  seeds: { type: 'string', default: '2000' },
  from: { type: 'string', default: '1' },
} as const;
const { values } = parseArgs({ options });
const [from, seeds] = [Number(values.from), Number(values.seeds)];
if (!(Number.isInteger(from) && Number.isInteger(seeds) && seeds > 0)) {
  console.error('--seeds and --from must be whole numbers, such as --seeds 20000 --from 1');
  process.exit(2);
}

const total = { passed: 0, failed: 0, events: 0, steps: 0, crashes: 0 };

async function run(scenario: Scenario, seed: number, atStep?: number): Promise<number> {
  try {
    const { events, steps, crashes } = await runSchedule(scenario, seed, { atStep });
    total.passed++;
    total.events += events;
    total.steps += steps;
    total.crashes += crashes;
    return steps;
  } catch (error) {
    total.failed++;
    console.error(`\n${scenario.name}, seed ${seed}: ${error instanceof Error ? error.message : error}`);
    return 0;
  }
}

let toldAtMs = 0;
function tell(seed: number): void {
  if (performance.now() < toldAtMs + PROGRESS_MS) return;
  toldAtMs = performance.now();
  const line = `seed ${seed} of ${from} to ${from + seeds - 1}: ${total.passed} passed, ${total.failed} failed`;
  if (process.stderr.isTTY) process.stderr.write(`\r${line}`);
}

for (let seed = from; seed < from + seeds; seed++) {
  for (const scenario of [OUTBOX, CONSUMER]) {
    await run(scenario, seed);
    if (seed % EVERY_STEP_OF !== 0) continue;
    const steps = await run(scenario, seed, Infinity);
    for (let atStep = 1; atStep <= steps; atStep++) {
      await run(scenario, seed, atStep);
      tell(seed);
    }
  }
  tell(seed);
}
if (process.stderr.isTTY) process.stderr.write('\r\x1b[K');
const count = (number: number) => number.toLocaleString('en');
console.log(
  `seeds ${from} to ${from + seeds - 1}: ${count(total.events)} events, ${count(total.steps)} steps, ` +
    `${count(total.crashes)} crashes`,
);
console.log(`${total.passed} passed, ${total.failed} failed`);
process.exitCode = total.failed === 0 ? 0 : 1;
