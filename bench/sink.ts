import { commandLine, runCommand } from '../consumer/cli/command.ts';
import { wholeNumber } from '../consumer/cli/values.ts';
import { thisMachine } from './machine.ts';
import { startParts } from './parts.ts';
import { Measurement, type Plan } from './sink/measure.ts';
import { resultOf } from './sink/result.ts';
import { inText } from './sink/text.ts';

const SMALLER_SIZES = [10_000, 100_000];
const QUICK: Plan = { events: 20_000, rounds: 1, sizes: [], hangMs: 0 };

/**
 * `npm run bench:sink`: how fast a backlog in Kafka gets into ClickHouse by our consumer, and by what a user would
 * take instead: ClickHouse's Kafka engine, and the usual loop; and how fast ClickHouse takes the same rows when
 * nothing stands before it. They take turns on the same topics, each with a ClickHouse of its own, and must store the
 * same rows.
 */
await runCommand(async () => {
  const options = commandLine('bench:sink', 'Drains a backlog, as we do it and as others would.')
    .option('--events <n>', 'how many wait', wholeNumber({ from: 1 }), 1_000_000)
    .option('--rounds <n>', 'how often all take their turn', wholeNumber({ from: 1 }), 5)
    .option('--most <n>', 'so many wait once more, at the end', wholeNumber(), 0)
    .option('--hang-seconds <n>', 'how long ClickHouse hangs, at the end', wholeNumber({ to: 60 }), 20)
    .option('--quick', 'a few events, one round: whether it works')
    .option('--json', 'one JSON object')
    .parse(process.argv.slice(2), { from: 'user' })
    .opts();
  const { events, rounds, most, hangSeconds, quick, json } = options;
  const sizes = most === 0 ? SMALLER_SIZES : [...SMALLER_SIZES, most];
  const plan = quick ? QUICK : { events, rounds, sizes, hangMs: hangSeconds * 1_000 };
  const parts = await startParts((line) => console.error(line));
  try {
    const turns = await new Measurement(parts).take(plan);
    const result = resultOf(plan, turns, thisMachine());
    process.stdout.write(json ? `${JSON.stringify(result)}\n` : inText(result));
    return 0;
  } finally {
    await parts.end();
  }
});
