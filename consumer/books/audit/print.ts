import type { Column } from '../../analytics/report/run.ts';
import { formatTable } from '../../analytics/report/table.ts';
import type { Audit, Verdict } from './audit.ts';
import { chainsInText } from './chain/print.ts';
import { complaints } from './complaints.ts';
import type { Line } from './line.ts';
import { sealedInText } from './sealed.ts';

const VERDICTS: Readonly<Record<Exclude<Verdict, 'balanced'>, string>> = {
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
  'dismissed',
  'in_outbox',
  'set_aside',
  'on_stream',
  'missing',
  'unexpected',
  'foreign',
  'repeated',
  'counted_twice',
] as const satisfies (keyof Line)[];

/** Columns that are shown where there is anything in them. */
const RARE: ReadonlySet<string> = new Set(['dismissed', 'foreign', 'set_aside', 'repeated', 'counted_twice']);

/** The audit to read: the table, what is wrong by its sequence numbers, what could not be asked, the verdict. */
export function inText(audit: Audit): string {
  const names = COLUMNS.filter((name) => !RARE.has(name) || audit.lines.some((line) => line[name] !== 0));
  const columns: Column[] = names.map((name, i) => ({ name, type: i < 2 ? 'String' : 'UInt64' }));
  const rows = audit.lines.map((line) => names.map((name) => line[name]));
  const table = rows.length === 0 ? 'No events.\n' : formatTable({ columns, rows });
  const wrong = audit.lines.flatMap(complaints);
  const lag = audit.lag === null ? [] : [`${audit.lag} messages wait for the consumer group.`];
  const lines = [...wrong, ...audit.troubles, ...lag, ...sealedInText(audit.sealed ?? []), verdict(audit)];
  const chains = audit.chains === undefined ? '' : `\n${chainsInText(audit.chains)}`;
  return `${table}\n${lines.map((line) => `${line}\n`).join('')}${chains}`;
}

/** The audit for programs: one JSON object. */
export function inJson(audit: Audit): string {
  return `${JSON.stringify(audit, null, 2)}\n`;
}

function verdict({ verdict, lines }: Audit): string {
  if (verdict !== 'balanced') return VERDICTS[verdict];
  // An event without its row in events and one without its fact are on different lines, and on both where both lack.
  const most = (name: 'dead_letters' | 'dismissed') =>
    lines.reduce((sum, line) => sum + (line.kind === '*' ? 0 : line[name]), 0) ||
    lines.reduce((sum, line) => sum + line[name], 0);
  const letters = most('dead_letters');
  const dismissed = most('dismissed');
  const but = [
    letters > 0 ? `${letters} that wait as open dead letters (npm run redrive)` : undefined,
    dismissed > 0 ? `${dismissed} whose dead letters were dismissed` : undefined,
  ].filter((each) => each !== undefined);
  if (but.length === 0) return 'The books balance: every accepted event stands where it should.';
  return `The books balance: every accepted event stands where it should, but for ${but.join(' and ')}.`;
}
