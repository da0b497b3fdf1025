import { h, refill } from './elements.ts';
import { count, duration, localClock, localTime, wallClock } from './numbers.ts';
import { type Answer, numberOf, type Row, textOf } from './values.ts';
import { plural } from './words.ts';

const OLD_SECONDS = 3_600;

interface Fresh {
  readonly freshness: Answer;
  readonly completeness: Answer | undefined;
  readonly askedAtMs: number;
  readonly tz: string;
}

/** How old the last event is, up to when all is there, and when the numbers on the page were asked for. */
export function showFreshness(bar: HTMLElement, { freshness, completeness, askedAtMs, tz }: Fresh): void {
  const fresh = freshness.rows;
  const complete = completeness?.rows ?? [];
  const asOf = h('span', {}, `As of ${localClock(wallClock(askedAtMs, tz), true)}`);
  refill(bar, ...lastEvent(fresh), ...completeUntil(complete), asOf);
}

function lastEvent(rows: readonly Row[]): HTMLElement[] {
  if (rows.length === 0) return [state('old', 'No event yet: post a webhook, or run npm run demo')];
  const seconds = Math.max(0, Math.min(...rows.map((row) => numberOf(row, 'seconds_since'))));
  const sum = (column: string) => count(rows.reduce((total, row) => total + numberOf(row, column), 0));
  const perApp = rows
    .map((row) => `${textOf(row, 'app_id')}: ${localTime(textOf(row, 'last_received'))}`)
    .join('\n');
  const last = state(seconds > OLD_SECONDS ? 'old' : 'fresh', `Last event ${duration(seconds)} ago`);
  last.title = perApp;
  return [
    last,
    h(
      'span',
      {},
      `${sum('events_last_hour')} events in the last hour, ${sum('events_last_day')} in the last day`,
    ),
  ];
}

/** An app without a gap is complete up to its newest event: the earliest gap of any, or else the newest event, counts. */
function completeUntil(rows: readonly Row[]): HTMLElement[] {
  if (rows.length === 0) return [];
  const sum = (column: string) => rows.reduce((total, row) => total + numberOf(row, column), 0);
  const [missing, deadLetters] = [sum('missing'), sum('dead_letters')];
  const times = (some: readonly Row[]) => some.map((row) => textOf(row, 'complete_until')).toSorted();
  // Empty, and so the earliest, where the very first event is missing.
  const until = times(rows.filter((row) => numberOf(row, 'missing') > 0))[0] ?? times(rows).at(-1) ?? '';
  const words = until === '' ? 'Not complete from the start' : `Complete up to ${localTime(until)}`;
  const gaps =
    missing === 0 ? '' : `, ${plural(missing, 'event', count(missing))} missing: npm run audit says where`;
  const dead =
    deadLetters === 0 ? [] : [h('span', {}, plural(deadLetters, 'open dead letter', count(deadLetters)))];
  return [state(missing === 0 ? 'fresh' : 'old', `${words}${gaps}`), ...dead];
}

function state(tone: 'fresh' | 'old', text: string): HTMLElement {
  return h('span', { class: `dot ${tone}` }, text);
}
