import { textTable } from '../../cli/table.ts';
import type { Fate } from './fates.ts';
import type { Letter, OpenGroup } from './letters.ts';

/** Counts of outcomes. */
export type Tally = Partial<Record<Fate['outcome'] | 'would be sent', number>>;

/** Writes what a program or a person reads to the output, line by line, so that thousands need no memory. */
export interface Report {
  listing(groups: readonly OpenGroup[]): void;
  letter(letter: Letter, fate: Fate | { readonly outcome: 'would be sent' }): void;
  summary(tally: Tally, notes: readonly string[]): void;
}

type Write = (line: string) => void;

/** One JSON object per line: each dead letter, then the summary. */
export function jsonReport(write: Write): Report {
  return {
    listing: (groups) => {
      for (const group of groups) write(JSON.stringify(group));
    },
    letter: ({ id, app_id, kind, stage, reason }, { outcome, ...details }) =>
      write(JSON.stringify({ id, app_id, kind, failed: { stage, reason }, outcome, ...details })),
    summary: (summary, notes) => write(JSON.stringify({ summary, notes })),
  };
}

/** For people; a letter's line is written by itself, as a table would need all of them first. */
export function textReport(write: Write): Report {
  let isFirst = true;
  return {
    listing: (groups) => {
      const total = groups.reduce((sum, { letters }) => sum + letters, 0);
      if (total === 0) return write('No dead letter is open.');
      write(listingTable(groups));
      write(`${total} open. Send them through again, once their cause is mended:`);
      write(
        '  npm run redrive -- --reason "part of a reason"   or --id, --since, --stage, --app, --kind, --all',
      );
      write('  npm run redrive -- --help');
    },
    letter: (letter, fate) => {
      if (isFirst) write(`${'dead letter'.padEnd(32)}  ${'kind'.padEnd(13)}  outcome`);
      isFirst = false;
      write(`${letter.id.padEnd(32)}  ${(letter.kind || '–').padEnd(13)}  ${outcomeText(letter, fate)}`);
    },
    summary: (tally, notes) => {
      const counts = Object.entries(tally).map(([outcome, count]) => `${count} ${outcome}`);
      if (counts.length > 0) write(`${isFirst ? '' : '\n'}${counts.join(', ')}`);
      for (const note of notes) write(note);
    },
  };
}

function listingTable(groups: readonly OpenGroup[]): string {
  return textTable({
    heads: ['letters', 'stage', 'kind', 'last failed', 'reason'],
    rows: groups.map(({ letters, stage, kind, failed_last, reason }) => [
      String(letters),
      stage,
      kind || '–',
      failed_last.slice(0, 19),
      reason,
    ]),
    right: (column) => column === 0,
  });
}

function outcomeText(letter: Letter, fate: Fate | { readonly outcome: 'would be sent' }): string {
  switch (fate.outcome) {
    case 'normalized':
      return `in ${fate.table}`;
    case 'refused again': {
      const where = fate.id === letter.id ? '' : `, now dead letter ${fate.id}`;
      return `refused again at ${fate.stage}${where}: ${fate.reason}`;
    }
    case 'in flight':
      return 'in flight: the consumer has not told of it yet';
    case 'not sent':
      return `not sent: ${fate.reason}`;
    case 'would be sent':
      return `would be sent to ${letter.topic} (${letter.stage}: ${letter.reason})`;
  }
}
