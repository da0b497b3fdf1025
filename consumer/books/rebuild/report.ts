import { textTable } from '../../cli/table.ts';
import type { Sample } from './difference.ts';
import type { Scope } from './options.ts';
import { notReached, notReachedInText } from './reach.ts';
import type { Outcome } from './rebuild.ts';

const VALUE_WIDTH = 60;

/** What changes, for a program: counts, and samples whose columns are JSON texts. */
export function jsonReport(scope: Scope, { gone, ...outcome }: Outcome): string {
  const { table, kind, fromMs, toMs, app = null } = scope;
  const what = { table, kind, from: timeOrNull(fromMs), to: timeOrNull(toMs), app };
  return JSON.stringify({ ...what, ...outcome, not_kept: notReached(kind, gone) });
}

/** What changes, for people. */
export function textReport(scope: Scope, outcome: Outcome): string {
  const { difference, refused, keptRows, repeated, events, isApplied, gone } = outcome;
  const { added, removed, changed, columns, samples } = difference;
  const lines = [`${events} events of ${scope.kind} normalized again.`];
  if (added + removed + changed === 0) lines.push(`${scope.table} is as it should be: nothing changes.`);
  else {
    lines.push(`${scope.table}: ${added} rows added, ${removed} removed, ${changed} changed`);
    if (changed > 0) lines.push('', counted('column', 'changed', columns));
    lines.push(...samples.flatMap(sampleLines));
  }
  if (repeated > 0)
    lines.push(`${repeated} of them had been accepted before: the first of each has the row.`);
  if (Object.keys(refused).length > 0) {
    lines.push(`Refused by today's code; ${keptRows} of them have rows, which stay as they are:`, '');
    lines.push(counted('reason', 'events', refused));
  }
  lines.push(...notReachedInText(scope.kind, gone));
  if (isApplied) lines.push('Applied: the table has the new rows.');
  else if (added + removed + changed > 0) lines.push('Nothing was changed. Add --apply to do so.');
  return lines.join('\n');
}

/** RFC 3339. */
export function timeOrNull(ms: number | undefined): string | null {
  return ms === undefined ? null : new Date(ms).toISOString();
}

/** What was counted by its name, with the counts first. */
export function counted(name: string, count: string, counts: Readonly<Record<string, number>>): string {
  const rows = Object.entries(counts).map(([one, times]) => [String(times), one]);
  return textTable({ heads: [count, name], rows, right: (column) => column === 0 });
}

/** A row before and after, for people: what is added or removed whole, of a changed one what differs. */
export function sampleLines({ event_id, before, after }: Sample): string[] {
  if (before === null || after === null) {
    const row = after ?? before ?? {};
    const values = Object.entries(row).filter(([name]) => name !== 'event_id');
    const text = values.map(([name, value]) => `${name} ${short(value)}`).join(', ');
    return [`${after === null ? 'removed' : 'added  '} ${event_id}`, `  ${text}`];
  }
  const differing = Object.keys(after).filter((name) => before[name] !== after[name]);
  const rows = differing.map((name) => [name, short(before[name]), short(after[name])]);
  return [`changed ${event_id}`, textTable({ heads: ['column', 'before', 'after'], rows })];
}

function short(json = ''): string {
  return json.length <= VALUE_WIDTH ? json : `${json.slice(0, VALUE_WIDTH - 1)}…`;
}
