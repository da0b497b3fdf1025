import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { commandLine, runCommand } from '../consumer/cli/command.ts';
import { wholeNumber } from '../consumer/cli/values.ts';
import { fill, type Loaded, sizes } from './analytics/data.ts';
import { type Measurement, measure } from './analytics/measure.ts';
import { onServer } from './analytics/server.ts';
import { asTable, type Sized } from './analytics/table.ts';
import { thisMachine } from './machine.ts';

const QUICK = { events: [20_000], runs: 1 };
/** A little more than two years: a week of two years ago has its sessions and their resolutions. */
const DAYS = 731;

/**
 * `npm run bench:analytics`: loads events of two years and ten apps into a ClickHouse of its own, asks every query of the
 * library, warm, and says how long each took, beside the naive way. Progress goes to stderr.
 */
await runCommand(async () => {
  const options = commandLine('bench:analytics', 'Times every query of the library, warm.')
    .option(
      '--events <n>',
      'how many are loaded; several numbers with commas: side by side',
      sizes,
      [10_000_000],
    )
    .option('--days <n>', 'over how many days', wholeNumber({ from: 8, to: 3_000 }), DAYS)
    .option('--runs <n>', 'how often each query is timed', wholeNumber({ from: 1 }), 7)
    .option('--data <dir>', 'where the loaded data stays, and is used again if it is there')
    .option('--beside <file>', 'what an earlier run printed with --json, to stand beside this one')
    .option('--quick', 'a few events, one run: whether it works')
    .option('--json', 'one JSON object')
    .parse(process.argv.slice(2), { from: 'user' })
    .opts();
  const { data, days, quick = false, json = false } = options;
  const { events, runs } = quick ? QUICK : options;
  const earlier = options.beside === undefined ? [] : readEarlier(options.beside);
  const found: Result[] = [];
  for (const each of events.toSorted((a, b) => a - b)) {
    found.push(await result({ events: each, days, runs, data }));
  }
  const last = found.at(-1);
  process.stdout.write(
    json
      ? `${JSON.stringify({ machine: thisMachine(), runs, ...last, smaller: found.slice(0, -1) })}\n`
      : asTable([...earlier, ...found]),
  );
  return 0;
});

interface Result extends Loaded {
  readonly measurements: readonly Measurement[];
}

interface Wanted {
  readonly events: number;
  readonly days: number;
  readonly runs: number;
  readonly data: string | undefined;
}

function result({ events, days, runs, data }: Wanted): Promise<Result> {
  const told = (what: string) =>
    console.error(`${(performance.now() / 1000).toFixed(0).padStart(5)} s  ${what}`);
  const dir = data === undefined ? undefined : join(resolve(data), String(events));
  return onServer(dir, async ({ client, pid, dir }) => {
    const loaded = await fill({ client, dir, events, days, told });
    const end = new Date(loaded.end * 1000);
    const measurements = await measure({
      client,
      end,
      days,
      runs,
      pid,
      told: (name) => told(`asking ${name}`),
    });
    return { ...loaded, measurements };
  });
}

/** @throws Error where it is not what `--json` prints */
function readEarlier(file: string): Sized[] {
  const { smaller, ...last } = JSON.parse(readFileSync(file, 'utf8').trimEnd().split('\n').at(-1) ?? '');
  return [...smaller, last];
}
