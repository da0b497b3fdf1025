import { textTable } from '../../cli/table.ts';
import type { Fate } from './fates.ts';
import type { Letter } from './letters.ts';
import type { DismissedGroup, Listing, OpenGroup } from './listing.ts';

/** What is told of a dead letter: what became of it, or what would. */
export type Told = Fate | { readonly outcome: 'would be sent' | 'would be dismissed' | 'dismissed' };

/** Counts of outcomes. */
export type Tally = Partial<Record<Told['outcome'], number>>;

/** Writes what a program or a person reads to the output, line by line, so that thousands need no memory. */
export interface Report {
  listing(listing: Listing): void;
  letter(letter: Letter, fate: Told): void;
  summary(tally: Tally, notes: readonly string[]): void;
}

type Write = (line: string) => void;

/** One JSON object per line: each dead letter, then the summary. */
export function jsonReport(write: Write): Report {
  return {
    listing: ({ open, dismissed }) => {
      for (const group of open) write(JSON.stringify({ state: 'open', ...group }));
      for (const group of dismissed) write(JSON.stringify({ state: 'dismissed', ...group }));
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
    listing: ({ open, dismissed }) => {
      const total = open.reduce((sum, { letters }) => sum + letters, 0);
      if (total === 0) write('No dead letter is open.');
      else {
        write(openTable(open));
        write(`${total} open. Send them through again, once their cause is mended:`);
        write(
          '  npm run redrive -- --reason "part of a reason"   or --id, --since, --stage, --app, --kind, --all',
        );
        write('  npm run redrive -- --help');
      }
      if (dismissed.length > 0) write(`\nDismissed:\n\n${dismissedTable(dismissed)}`);
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

function openTable(groups: readonly OpenGroup[]): string {
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

function dismissedTable(groups: readonly DismissedGroup[]): string {
  return textTable({
    heads: ['letters', 'last dismissed', 'by', 'why'],
    rows: groups.map(({ letters, dismissed_last, dismissed_by, dismissed_because }) => [
      String(letters),
      dismissed_last.slice(0, 19),
      dismissed_by,
      dismissed_because,
    ]),
    right: (column) => column === 0,
  });
}

function outcomeText(letter: Letter, fate: Told): string {
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
    case 'dismissed':
      return 'dismissed';
    case 'would be dismissed':
      return `would be dismissed (${letter.stage}: ${letter.reason})`;
    case 'would be sent':
      return `would be sent to ${letter.topic} (${letter.stage}: ${letter.reason})`;
  }
}
