import { commandLine, runCommand } from '../consumer/cli/command.ts';
import { textTable } from '../consumer/cli/table.ts';
import { wholeNumber } from '../consumer/cli/values.ts';
import { Workers } from './edge/workers.ts';
import { type Freshness, Measurement, type Plan } from './freshness/measure.ts';
import { type Machine, thisMachine } from './machine.ts';
import { type Parts, startParts } from './parts.ts';
import { engine, promptEngine } from './sink/kafka-engine/contender.ts';
import { ours } from './sink/ours.ts';

const RATES = [10, 100, 1_000];
const QUICK: Plan = { rates: [100], seconds: 3 };

/**
 * `npm run bench:freshness`: how long after a webhook is due to be posted it can be seen in the table of its kind, by
 * a plain SELECT: by our consumer, and by ClickHouse's Kafka engine as it comes and as it is tuned for freshness.
 */
await runCommand(async () => {
  const { seconds, quick, json } = commandLine(
    'bench:freshness',
    'Posts webhooks and looks when they can be seen.',
  )
    .option('--seconds <n>', 'how long at each rate', wholeNumber({ from: 1 }), 20)
    .option('--quick', 'one rate, a few seconds: whether it works')
    .option('--json', 'one JSON object')
    .parse(process.argv.slice(2), { from: 'user' })
    .opts();
  const plan = quick ? QUICK : { rates: RATES, seconds };
  const parts = await startParts((line) => console.error(line));
  try {
    const result = await measure(parts, plan);
    process.stdout.write(json ? `${JSON.stringify(result)}\n` : inText(result));
    return 0;
  } finally {
    await parts.end();
  }
});

interface Result {
  readonly seconds: number;
  /** Of ours. */
  readonly rates: readonly Freshness[];
  readonly kafka_engine_rates: readonly Freshness[];
  readonly kafka_engine_tuned_rates: readonly Freshness[];
  readonly machine: Machine;
}

async function measure(parts: Parts, plan: Plan): Promise<Result> {
  const { processes, brokers } = parts;
  const edge = await new Workers(processes, brokers).start('real', {});
  const measurement = new Measurement(parts, `http://127.0.0.1:${edge.port}${edge.path}`);
  const rates = await measurement.take(ours, plan);
  const prompt = await measurement.take(promptEngine, plan);
  const asItComes = await measurement.take(engine, plan);
  return {
    seconds: plan.seconds,
    rates,
    kafka_engine_rates: asItComes,
    kafka_engine_tuned_rates: prompt,
    machine: thisMachine(),
  };
}

function inText({ rates, kafka_engine_rates, kafka_engine_tuned_rates }: Result): string {
  const rowsOf = (name: string, freshness: readonly Freshness[]) =>
    freshness.map(({ per_second, p50_ms, p99_ms, max_ms }) => [
      name,
      ...[per_second, p50_ms, p99_ms, max_ms].map(String),
    ]);
  const rows = [
    ...rowsOf('ours', rates),
    ...rowsOf(promptEngine.name, kafka_engine_tuned_rates),
    ...rowsOf(engine.name, kafka_engine_rates),
  ];
  const heads = ['posted → visible', 'a second', 'p50, ms', 'p99, ms', 'most, ms'];
  return textTable({ heads, rows, right: (column) => column > 0 });
}
