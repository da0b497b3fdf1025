import type { CardData } from './card.ts';
import { h } from './elements.ts';
import { count, duration } from './numbers.ts';
import { agentName, ofAgent } from './people.ts';
import { numberOf, numberOrNull, type Row, textOf } from './values.ts';
import { rowsHref } from './view.ts';
import { channelName, plural, WEEKDAYS } from './words.ts';

/** With fewer, one slow conversation would name the channel. */
const ENOUGH = 10;

export const GLANCE_USES = ['channels', 'agents', 'busiest-hours'];

/** The first questions of who looks, answered in words. */
export function glance(data: CardData): readonly HTMLElement[] {
  return QUESTIONS.map(
    ({ question, find, nothing }) => find(data, question) ?? answer(question, '–', nothing),
  );
}

/** What stands there until the answers are known: the questions, and the room that the answers take. */
export function unknownGlance(): readonly HTMLElement[] {
  return QUESTIONS.map(({ question }) => answer(question, '–', ''));
}

const QUESTIONS = [
  {
    question: 'Which channel keeps customers waiting longest?',
    find: slowestChannel,
    nothing: 'No session of this period is resolved.',
  },
  { question: 'Who resolves most?', find: bestAgent, nothing: 'Nothing was resolved in this period.' },
  { question: 'When is it busiest?', find: busiestHour, nothing: 'No session started in this period.' },
] as const;

function answer(question: string, name: Node | string, words: string): HTMLElement {
  return h(
    'div',
    { class: 'answer' },
    h('h2', {}, question),
    h('p', { class: 'answer-name' }, name),
    h('p', {}, words),
  );
}

function slowestChannel({ of, view }: CardData, question: string): HTMLElement | undefined {
  const known = of('channels').rows.filter((row) => numberOrNull(row, 'median_seconds_to_resolve') !== null);
  const enough = known.filter((row) => numberOf(row, 'sessions_resolved') >= ENOUGH);
  const row = most(enough.length > 0 ? enough : known, 'median_seconds_to_resolve');
  if (row === undefined) return undefined;
  const href = rowsHref(view, 'session-list', { channel: textOf(row, 'channel'), state: 'resolved' });
  const median = duration(numberOf(row, 'median_seconds_to_resolve'));
  const slow = duration(numberOf(row, 'p90_seconds_to_resolve'));
  return answer(
    question,
    h('a', { href }, channelName(textOf(row, 'channel'))),
    `Half of its sessions took ${median} or more to resolve, and one in ten over ${slow}.`,
  );
}

function bestAgent({ of, view }: CardData, question: string): HTMLElement | undefined {
  const { rows } = of('agents');
  const row = most(rows, 'resolutions');
  const resolutions = numberOf(row, 'resolutions');
  if (row === undefined || resolutions === 0) return undefined;
  const total = rows.reduce((sum, one) => sum + numberOf(one, 'resolutions'), 0);
  const median = numberOrNull(row, 'median_seconds_to_resolve');
  const pace = median === null ? '' : `, half of them within ${duration(median)}`;
  const hasSeveralApps = new Set(rows.map((one) => textOf(one, 'app_id'))).size > 1;
  const app = hasSeveralApps ? `, in app ${textOf(row, 'app_id')}` : '';
  return answer(
    question,
    h('a', { href: rowsHref(view, 'resolution-list', ofAgent(row)) }, agentName(row)),
    `${count(resolutions)} of ${plural(total, 'resolution', count(total))}${pace}${app}.`,
  );
}

function busiestHour({ of, view }: CardData, question: string): HTMLElement | undefined {
  const row = most(of('busiest-hours').rows, 'sessions');
  if (row === undefined) return undefined;
  const [weekday, hour] = [numberOf(row, 'weekday'), numberOf(row, 'hour')];
  const href = rowsHref(view, 'session-list', { weekday: String(weekday), hour: String(hour) });
  const sessions = numberOf(row, 'sessions');
  const waiting = numberOf(row, 'waiting');
  const name = `${WEEKDAYS[weekday - 1]}, ${hourSpan(hour)}`;
  return answer(
    question,
    h('a', { href }, name),
    `${plural(sessions, 'session', count(sessions))} started then; in ${count(waiting)}, the customer waited for an agent.`,
  );
}

/** `09:00–10:00`. */
export function hourSpan(hour: number): string {
  const clock = (value: number) => `${String(value).padStart(2, '0')}:00`;
  return `${clock(hour)}–${clock(hour + 1)}`;
}

function most(rows: readonly Row[], column: string): Row | undefined {
  return rows.toSorted((a, b) => numberOf(b, column) - numberOf(a, column))[0];
}
