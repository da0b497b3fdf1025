import './kafkajs-names.ts';
import { commandLine, runCommand } from '../../consumer/cli/command.ts';
import { wholeNumber } from '../../consumer/cli/values.ts';
import type { Scenario } from './world/run.ts';

/**
 * `npm run test:simulation`: many schedules of each scenario, and of one seed in five hundred one more for each of its
 * steps, with a death there. Prints what broke and how to see it again.
 */
const { runSchedule } = await import('./world/run.ts');
const { CONSUMER, OUTBOX } = await import('./scenarios.ts');

const EVERY_STEP_OF = 500;
const PROGRESS_MS = 1_000;
let toldAtMs = 0;

const total = { passed: 0, failed: 0, events: 0, steps: 0, crashes: 0 };

await runCommand(
  async () => {
    const { seeds, from } = commandLine('test:simulation', 'Runs outbox and consumer in a simulated world.')
      .option('--seeds <n>', 'how many schedules of each', wholeNumber({ from: 1 }), 2_000)
      .option('--from <n>', 'the first seed', wholeNumber(), 1)
      .parse(process.argv.slice(2), { from: 'user' })
      .opts();
    await runAll(from, seeds);
    const count = (number: number) => number.toLocaleString('en');
    console.log(
      `seeds ${from} to ${from + seeds - 1}: ${count(total.events)} events, ${count(total.steps)} steps, ` +
        `${count(total.crashes)} crashes`,
    );
    console.log(`${total.passed} passed, ${total.failed} failed`);
    return total.failed === 0 ? 0 : 1;
  },
  { failed: 2 },
);

async function runAll(from: number, seeds: number): Promise<void> {
  const tell = (seed: number) => rewriteLine(`seed ${seed} of ${from} to ${from + seeds - 1}`);
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
}

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

/** By hand: a library's timer would fire inside a simulated world, whose clock is in the place of the real one. */
function rewriteLine(text: string): void {
  if (!process.stderr.isTTY || performance.now() < toldAtMs + PROGRESS_MS) return;
  toldAtMs = performance.now();
  process.stderr.write(`\r${text}: ${total.passed} passed, ${total.failed} failed`);
}
