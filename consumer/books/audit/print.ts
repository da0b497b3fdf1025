import type { Column } from '../../analytics/report/run.ts';
import { formatTable } from '../../analytics/report/table.ts';
import type { Audit, Verdict } from './audit.ts';
import type { Line } from './judge.ts';
import { inWords } from './ranges.ts';

const VERDICTS: Readonly<Record<Verdict, string>> = {
  balanced: 'The books balance: every accepted event stands where it should.',
  'in-flight':
    'Nothing is known to be lost; some events are still in flight. Ask again once they have landed.',
  unbalanced: 'The books do not balance.',
  unknown: 'It cannot be said whether the books balance.',
};

const COLUMNS = [
  'outbox',
  'kind',
  'accepted',
  'in_events',
  'in_table',
  'dead_letters',
  'in_outbox',
  'on_stream',
  'missing',
  'unexpected',
] as const satisfies (keyof Line)[];

/** The audit to read: the table, what is wrong by its sequence numbers, what could not be asked, the verdict. */
export function inText(audit: Audit): string {
  const columns: Column[] = COLUMNS.map((name, i) => ({ name, type: i < 2 ? 'String' : 'UInt64' }));
  const rows = audit.lines.map((line) => COLUMNS.map((name) => line[name]));
  const table = rows.length === 0 ? 'No events.\n' : formatTable({ columns, rows });
  const wrong = audit.lines.flatMap(complaints);
  const lag = audit.lag === null ? [] : [`${audit.lag} messages wait for the consumer group.`];
  const lines = [...wrong, ...audit.troubles, ...lag, VERDICTS[audit.verdict]];
  return `${table}\n${lines.map((line) => `${line}\n`).join('')}`;
}

/** The audit for programs: one JSON object. */
export function inJson(audit: Audit): string {
  return `${JSON.stringify(audit, null, 2)}\n`;
}

function complaints(line: Line): string[] {
  const { outbox, kind, missing, missing_sequences, unsettled, unsettled_sequences } = line;
  const { unexpected, lost_storage } = line;
  const whole = kind === '*';
  const where = whole ? 'in events' : `in the table of ${kind}, though in events`;
  const strangers = whole
    ? `${outbox}: ${unexpected} events have the number of another. It lost its storage, and counts from 1 again.`
    : `${outbox}: ${unexpected} rows in the table of ${kind} have no event.`;
  return [
    ...(missing > 0 ? [`${outbox}: missing ${where}: ${inWords(missing_sequences)}.`] : []),
    ...(unsettled > 0 ? [`${outbox}: not yet ${where}: ${inWords(unsettled_sequences)}.`] : []),
    ...(unexpected > 0 ? [strangers] : []),
    ...(lost_storage ? [`${outbox}: it has accepted less than stands here. It lost its storage.`] : []),
  ];
}
