import { Option } from '@commander-js/extra-typings';
import { KINDS } from '../../../schemas/webhooks.ts';
import {
  beforeWhen,
  eventsGoneSince,
  type NotKept,
  readGone,
  sealedUntil,
} from '../../books/retention/kept.ts';
import { withClickHouse } from '../../cli/clickhouse.ts';
import { commandLine, type ExitCode, runCommand } from '../../cli/command.ts';
import { withLocalPipeline } from '../../cli/local-pipeline.ts';
import { plain } from '../../cli/plain.ts';
import { Progress } from '../../cli/progress.ts';
import { textTable } from '../../cli/table.ts';
import { pastMs, wholeNumber } from '../../cli/values.ts';
import { readMigrationSettings } from '../../config.ts';
import { clickHouseClient } from '../../persist/clickhouse.ts';
import { type AdvisedDrift, MOST_TOLD, readDrift } from './drift.ts';
import { look } from './look.ts';
import { MOST_OF_A_KIND, OTHERS } from './sightings.ts';

const DAY_MS = 86_400_000;
const FIRST_DAYS = 7;
const TIMEOUT_MS = 120_000;

const EXPLANATION = `
It looks at the events that came since it was looked last, also by the consumer, and the first time at those of ${FIRST_DAYS} days.
Of more events than --most a kind and hour, a sample. Fields after the first ${MOST_OF_A_KIND} of a kind are one, "${OTHERS}";
names that are data, such as ids, are "*". Exit code 0, whatever it finds.
`;

/** `npm run drift`: looks at what has come, and says what is not as it was. */
await runCommand(drift);

async function drift(): Promise<ExitCode> {
  const {
    kind,
    since,
    from,
    most,
    json = false,
  } = commandLine(
    'drift',
    'Says what the vendor has changed in its payloads, by kind and field, and what would admit it.',
  )
    .addOption(new Option('--kind <kind>', 'of one kind (default: all)').choices(KINDS))
    .option('--since <time>', 'what has changed since, such as 7d or 2026-03-01 (default: ever)', pastMs)
    .option('--from <time>', 'look again at what was received since', pastMs)
    .option(
      '--most <events>',
      'events of a kind and hour to look at',
      wholeNumber({ from: 1, to: 1_000_000 }),
      5_000,
    )
    .option('--json', 'one JSON object')
    .addHelpText('after', EXPLANATION)
    .parse(process.argv.slice(2), { from: 'user' })
    .opts();
  const target = readMigrationSettings(withLocalPipeline(process.env)).CLICKHOUSE_URL;
  return withClickHouse(
    clickHouseClient(target, { requestTimeoutMs: TIMEOUT_MS }),
    target.url,
    async (client) => {
      const looked = await looking((show) =>
        look(client, { fromMs: from, firstMs: FIRST_DAYS * DAY_MS, most, nowMs: Date.now(), show }),
      );
      const found = await readDrift(client, { kind, sinceMs: since });
      const notKept = from === undefined ? undefined : eventsGoneSince(await readGone(client), from);
      const events_before = notKept === undefined ? null : sealedUntil(notKept);
      process.stdout.write(
        json
          ? `${JSON.stringify({ events: looked, drift: found, not_kept: { events_before } })}\n`
          : report(looked, found, notKept),
      );
      return 0 as const;
    },
  );
}

async function looking<Result>(
  work: (show: (doneMs: number, totalMs: number) => void) => Promise<Result>,
): Promise<Result> {
  using progress = new Progress();
  const hours = (ms: number) => Math.ceil(ms / 3_600_000);
  return await work((doneMs, totalMs) => progress.show('hours', hours(doneMs), hours(totalMs)));
}

function report(looked: number, drift: readonly AdvisedDrift[], notKept: NotKept | undefined): string {
  const but = notKept === undefined ? '' : ` Those received ${beforeWhen(notKept)} are no longer kept.`;
  const head = `Looked at ${looked.toLocaleString('en')} events.${but}`;
  if (drift.length === 0) return `${head} Nothing has changed.\n`;
  const rows = drift.map(({ kind, drift: what, path, types, first_at, last_at, events, ...each }) => [
    kind,
    what,
    path || '(the body)',
    types.join(', '),
    `${first_at.slice(0, 16)}Z`,
    `${last_at.slice(0, 16)}Z`,
    String(events),
    each.example_event_id,
  ]);
  const heads = ['kind', 'drift', 'field', 'type', 'first', 'last', 'events', 'example'];
  const advice = drift.map(({ kind, path, advice: what }) =>
    plain(`  ${kind} ${path || '(the body)'}: ${what}`),
  );
  const rest = drift.length === MOST_TOLD ? `\nThe latest ${MOST_TOLD}: --kind and --since narrow it.` : '';
  const table = textTable({ heads, rows, right: (column) => column === 6 });
  return `${head}${rest}\n\n${table}\nWhat admits it:\n${advice.join('\n')}\n`;
}
