import { h } from './elements.ts';
import { dayAfter } from './links.ts';
import { localDay, wallClock } from './numbers.ts';
import { storyEvent } from './story-event.ts';
import { silence } from './story-words.ts';
import { type Answer, type Row, textOf } from './values.ts';
import { rowsHref, type View } from './view.ts';

/** The queries whose rows are told one after the other, as they happened. */
export const STORIES: Readonly<Record<string, string>> = {
  'room-story': 'The story of a room',
  'customer-day': 'A customer’s day',
  'agent-day': 'An agent’s day',
};

const STEPS: Readonly<Record<string, number>> = { ArrowUp: -1, ArrowDown: 1, Home: -1e6, End: 1e6 };
const WIDER_DAYS = 30;

/** A story: each event with what it means, silences between them, and the payload of each behind its button. */
export function story(answer: Answer, view: View): HTMLElement {
  const { rows } = answer;
  const items = rows.flatMap((row, i) => [...between(rows[i - 1], row, view), storyEvent(row, view)]);
  const list = h('ol', { class: 'story' }, ...items);
  const name = `${STORIES[view.rows]} (events)`;
  const scroller = h('div', { class: 'story-scroll', tabindex: 0, role: 'region', 'aria-label': name }, list);
  scroller.addEventListener('keydown', (pressed) => walk(list, pressed));
  list.querySelector('.payload-button')?.setAttribute('tabindex', '0');
  return scroller;
}

/** Brings the event from which the story was opened into sight, once it is on the page. */
export function showMarked(scroller: HTMLElement): void {
  scroller.querySelector('.event[aria-current]')?.scrollIntoView({ block: 'center' });
}

/** The days before and after these, or more of the room. */
export function storyLinks({ from, to }: Answer, view: View): HTMLElement {
  const { narrowed } = view;
  const link = (label: string, more: Readonly<Record<string, string>>) =>
    h('a', { class: 'button', href: rowsHref(view, view.rows, { ...narrowed, offset: '', ...more }) }, label);
  const { day } = narrowed;
  const links =
    day === undefined || day === ''
      ? [
          link('30 days more before', { from: shifted(from, view.tz, -WIDER_DAYS), to: local(to, view.tz) }),
          link('30 days more after', { from: local(from, view.tz), to: shifted(to, view.tz, WIDER_DAYS) }),
        ]
      : [
          link('The day before', { day: dayAfter(day, -1) }),
          link('The day after', { day: dayAfter(day, 1) }),
        ];
  return h('nav', { class: 'pages', 'aria-label': 'Other times' }, ...links);
}

function local(instant: string, tz: string): string {
  return wallClock(Date.parse(instant), tz).slice(0, 16);
}

function shifted(instant: string, tz: string, days: number): string {
  const time = local(instant, tz);
  return `${dayAfter(time.slice(0, 10), days)}${time.slice(10)}`;
}

/** A new day, and how long nothing came. */
function between(before: Row | undefined, row: Row, { rows }: View): HTMLElement[] {
  const day = textOf(row, 'happened').slice(0, 10);
  const isNewDay = before === undefined || textOf(before, 'happened').slice(0, 10) !== day;
  // Before the first, there may be something that is not read.
  const gap =
    before === undefined ? undefined : silence(row, rows === 'agent-day' ? 'Nothing of theirs' : 'No one');
  return [
    ...(gap === undefined ? [] : [h('li', { class: 'gap' }, gap)]),
    ...(isNewDay ? [h('li', { class: 'new-day' }, localDay(day))] : []),
  ];
}

/** Up and down lead from event to event, Home and End to the first and the last. */
function walk(list: HTMLElement, pressed: KeyboardEvent): void {
  const step = STEPS[pressed.key];
  // Within a payload, the keys scroll it.
  if (step === undefined || (pressed.target instanceof Element && pressed.target.closest('pre') !== null))
    return;
  pressed.preventDefault();
  const buttons = [...list.querySelectorAll<HTMLElement>('.payload-button')];
  const current = buttons.indexOf(document.activeElement as HTMLElement);
  const next = buttons[Math.min(Math.max(current + step, 0), buttons.length - 1)];
  if (next === undefined) return;
  for (const button of buttons) button.tabIndex = -1;
  next.tabIndex = 0;
  next.focus({ preventScroll: true });
  next.closest('.event')?.scrollIntoView({ block: 'nearest' });
}
