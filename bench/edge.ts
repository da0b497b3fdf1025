import { commandLine, runCommand } from '../consumer/cli/command.ts';
import { Progress } from '../consumer/cli/progress.ts';
import { positiveNumber, wholeNumber } from '../consumer/cli/values.ts';
import { measure, type Plan } from './edge/measure.ts';
import { inText, resultOf } from './edge/report.ts';
import { thisMachine } from './machine.ts';
import { startParts } from './parts.ts';

const QUICK: Plan = { rounds: 1, turnMs: 500, isWarmedUp: false };

/**
 * `npm run bench:edge`: how many webhooks a second the edge acknowledges, each durable and published to a real Kafka
 * meanwhile, beside Workers in the same runtime that do less, stage by stage, and beside what people do instead.
 * Exit code 1 when a webhook was not accepted.
 */
await runCommand(async () => {
  const options = commandLine('bench:edge', 'Posts webhooks to the Worker, and to those that do less of it.')
    .option('--rounds <n>', 'how often all take their turn', wholeNumber({ from: 1 }), 5)
    .option('--seconds <n>', 'how long each turn is', positiveNumber, 5)
    .option('--quick', 'one short round: whether it works')
    .option('--json', 'one JSON object')
    .parse(process.argv.slice(2), { from: 'user' })
    .opts();
  const { rounds, seconds, quick, json } = options;
  const plan = quick ? QUICK : { rounds, turnMs: seconds * 1_000, isWarmedUp: true };
  const parts = await startParts((line) => console.error(line));
  try {
    using progress = new Progress();
    const measured = await measure(parts, plan, (...state) => progress.show(...state));
    progress.clear();
    const result = resultOf(plan, measured, thisMachine());
    process.stdout.write(json ? `${JSON.stringify(result)}\n` : inText(result));
    return result.stages.some(({ failures }) => failures > 0) ? 1 : 0;
  } finally {
    await parts.end();
  }
});
