import { textTable } from '../../consumer/cli/table.ts';
import type { Outcome } from './erase.ts';
import type { EraseOptions } from './options.ts';

const DAY_MS = 86_400_000;

/** Whether nothing is left but on Kafka. */
export function isComplete({ after, hasLanded, silent }: Outcome): boolean {
  return hasLanded && silent.length === 0 && Object.values(after).every((n) => n === 0);
}

/** For a program: one object. Never with an id of the person. */
export function inJson({ app, isDryRun }: EraseOptions, outcome: Outcome, nowMs: number): string {
  const { before, after, rooms, ids, hasLanded, silent, retentionMs } = outcome;
  return JSON.stringify({
    app,
    is_dry_run: isDryRun,
    is_complete: !isDryRun && isComplete(outcome),
    before,
    after,
    rooms,
    ids,
    has_landed: hasLanded,
    silent_outboxes: silent,
    kafka_gone_by: retentionMs === undefined || retentionMs === Infinity ? null : timeOf(nowMs + retentionMs),
    kafka_keeps: retentionMs === undefined ? 'unknown' : retentionMs === Infinity ? 'for ever' : 'until then',
  });
}

/** For people. */
export function inText({ isDryRun }: EraseOptions, outcome: Outcome, nowMs: number): string {
  const { before, after, rooms, hasLanded, silent } = outcome;
  const table = textTable({
    heads: isDryRun ? ['where', 'would go'] : ['where', 'before', 'after'],
    rows: Object.entries(before).map(([name, n]) =>
      isDryRun ? [name, String(n)] : [name, String(n), String(after[name] ?? 0)],
    ),
    right: (column) => column > 0,
  });
  const notes = [
    `${rooms} rooms that no other customer wrote in are theirs alone.`,
    ...(silent.length > 0 ? [`No answer from ${silent.join(', ')}: run it again.`] : []),
    ...(hasLanded ? [] : [NOT_LANDED[isDryRun ? 'dry' : 'done']]),
    retentionNote(outcome, nowMs),
    verdict(isDryRun, outcome),
  ];
  return `${table}\n${notes.join('\n')}`;
}

const NOT_LANDED = {
  dry: 'Events are on their way through Kafka: there may be more.',
  done:
    'Not all that was accepted has come through Kafka to ClickHouse yet: run it again when npm run audit says that ' +
    'nothing is in flight.',
};

function verdict(isDryRun: boolean, outcome: Outcome): string {
  if (isDryRun) return 'Nothing was changed. Leave out --dry-run to do so.';
  return isComplete(outcome)
    ? 'Erased. The books are as they were: npm run audit.'
    : 'Not all is erased: run it again.';
}

function retentionNote({ retentionMs }: Outcome, nowMs: number): string {
  if (retentionMs === undefined) {
    return "Kafka's topics cannot be edited, and how long they keep their records could not be read: see retention.ms.";
  }
  if (retentionMs === Infinity) {
    return "Kafka's topics cannot be edited, and one of them keeps its records for ever: set its retention.ms.";
  }
  const days = Math.ceil(retentionMs / DAY_MS);
  return `Kafka's topics cannot be edited: what stands there is gone by ${timeOf(nowMs + retentionMs)} (${days} days).`;
}

function timeOf(ms: number): string {
  return new Date(ms).toISOString();
}
