import { h, refill } from './elements.ts';
import { count, duration, localClock, localTime, wallClock } from './numbers.ts';
import { type Answer, numberOf, type Row, textOf } from './values.ts';

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
    h('span', {}, `${sum('events_last_hour')} in the last hour, ${sum('events_last_day')} in the last day`),
  ];
}

function completeUntil(rows: readonly Row[]): HTMLElement[] {
  const [earliest] = rows.toSorted((a, b) =>
    textOf(a, 'complete_until').localeCompare(textOf(b, 'complete_until')),
  );
  if (earliest === undefined) return [];
  const sum = (column: string) => rows.reduce((total, row) => total + numberOf(row, column), 0);
  const [missing, deadLetters] = [sum('missing'), sum('dead_letters')];
  const until = state(
    missing === 0 ? 'fresh' : 'old',
    `Complete up to ${localTime(textOf(earliest, 'complete_until'))}`,
  );
  const gaps = missing === 0 ? [] : [h('span', {}, `${count(missing)} on their way`)];
  const dead = deadLetters === 0 ? [] : [h('span', {}, `${count(deadLetters)} set aside as dead letters`)];
  return [until, ...gaps, ...dead];
}

function state(tone: 'fresh' | 'old', text: string): HTMLElement {
  return h('span', { class: `dot ${tone}` }, text);
}
