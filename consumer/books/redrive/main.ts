import { pino } from 'pino';
import { Connections } from '../../../schemas/group/connections.ts';
import { eventTopics } from '../../../schemas/topics.ts';
import { withClickHouse } from '../../cli/clickhouse.ts';
import { type ExitCode, runCommand } from '../../cli/command.ts';
import { withLocalPipeline } from '../../cli/local-pipeline.ts';
import { Progress } from '../../cli/progress.ts';
import { readSettings } from '../../config.ts';
import { kafkaClient } from '../../intake/kafka.ts';
import { clickHouseClient } from '../../persist/clickhouse.ts';
import { dismiss } from './dismiss.ts';
import { type Selected, select, unknownIds } from './letters.ts';
import { readListing } from './listing.ts';
import { type RedriveOptions, readOptions } from './options.ts';
import { type RedriveDeps, redrive } from './redrive.ts';
import { jsonReport, type Report, type Tally, textReport } from './report.ts';
import { Sender } from './send.ts';

await runCommand(async () => {
  const options = readOptions(process.argv.slice(2));
  const settings = readSettings(withLocalPipeline(process.env));
  const target = settings.CLICKHOUSE_URL;
  const sender = new Sender(kafkaClient(settings, new Connections(), pino({ level: 'silent' })));
  const topics = eventTopics(settings.TOPIC_PREFIX);
  try {
    return await withClickHouse(clickHouseClient(target), target.url, (client) =>
      run(options, { client, sender, topics, waitMs: options.waitMs }),
    );
  } finally {
    await sender.disconnect();
  }
});

async function run(options: RedriveOptions, deps: RedriveDeps): Promise<ExitCode> {
  using progress = new Progress();
  const write = (line: string) => {
    progress.clear();
    console.log(line);
  };
  const report = options.isJson ? jsonReport(write) : textReport(write);
  if (options.isListing) {
    report.listing(await readListing(deps.client));
    return 0;
  }
  const missing = await unknownIds(deps.client, options.selection.ids ?? []);
  const selected = await select(deps.client, options.selection);
  const notes = missing.map((id) => `${id}: there is no such dead letter`);
  if (selected.count === 0) {
    report.summary({}, [...notes, 'Nothing is selected: no open dead letter fits.']);
  } else if (options.isDryRun) {
    const outcome = options.dismissedBecause === undefined ? 'would be sent' : 'would be dismissed';
    report.summary(await showAll(selected, report, outcome), notes);
  } else if (options.dismissedBecause !== undefined) {
    report.summary(await dismissAll(selected, options.dismissedBecause, deps, report), notes);
  } else {
    const tally = await redriveAll(selected, deps, report, progress);
    report.summary(tally, [...notes, ...advice(tally)]);
    const isAllIn = Object.keys(tally).every((outcome) => outcome === 'normalized');
    return isAllIn && missing.length === 0 ? 0 : 1;
  }
  return missing.length === 0 ? 0 : 1;
}

async function showAll(
  { pages }: Selected,
  report: Report,
  outcome: 'would be sent' | 'would be dismissed',
): Promise<Tally> {
  let count = 0;
  for await (const page of pages()) {
    for (const letter of page) report.letter(letter, { outcome });
    count += page.length;
  }
  return { [outcome]: count };
}

async function dismissAll(
  { pages }: Selected,
  because: string,
  { client }: RedriveDeps,
  report: Report,
): Promise<Tally> {
  let dismissed = 0;
  for await (const page of pages()) {
    await dismiss(client, page, because);
    for (const letter of page) report.letter(letter, { outcome: 'dismissed' });
    dismissed += page.length;
  }
  return { dismissed };
}

/** Page after page; when of a whole page nothing is heard, no more is sent: nobody reads the topics. */
async function redriveAll(
  { count, pages }: Selected,
  deps: RedriveDeps,
  report: Report,
  progress: Progress,
): Promise<Tally> {
  const tally: Tally = {};
  let done = 0;
  progress.show('dead letters', done, count);
  for await (const page of pages()) {
    let silent = 0;
    for await (const { letter, fate } of redrive(page, deps)) {
      report.letter(letter, fate);
      tally[fate.outcome] = (tally[fate.outcome] ?? 0) + 1;
      if (fate.outcome === 'in flight') silent++;
      progress.show('dead letters', ++done, count);
    }
    if (silent === page.length && done < count) {
      tally['not sent'] = (tally['not sent'] ?? 0) + count - done;
      break;
    }
  }
  progress.clear();
  return tally;
}

function advice(tally: Tally): string[] {
  const notes: string[] = [];
  if (tally['in flight']) {
    notes.push('In flight: look whether the consumer runs. They stay open until they stand in their tables.');
  }
  if (tally['not sent']) notes.push('Not sent: they are open as before. Run the command again to send them.');
  if (tally['refused again']) notes.push('Refused again: open under their new reason.');
  return notes;
}
