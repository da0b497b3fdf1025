import type { Card, CardData } from './card.ts';
import { h } from './elements.ts';
import { hourSpan } from './glance.ts';
import { count } from './numbers.ts';
import { numberOf } from './values.ts';
import { rowsHref } from './view.ts';
import { plural, WEEKDAYS } from './words.ts';

const TITLE = 'Busiest hours';
const HOURS = Array.from({ length: 24 }, (_, hour) => hour);
const LEVELS = 5;
const STEPS: Readonly<Record<string, readonly [days: number, hours: number]>> = {
  ArrowUp: [-1, 0],
  ArrowDown: [1, 0],
  ArrowLeft: [0, -1],
  ArrowRight: [0, 1],
};

/** Sessions by hour and weekday: a grid that the arrow keys walk, lying where the screen is wide, standing where not. */
export function heatMapCard(): Card {
  const grid = h('div', {
    class: 'heat-map',
    role: 'grid',
    'aria-label': `${TITLE}: sessions by weekday and hour`,
  });
  // As the grid stands on a narrow screen, its days are columns.
  const isStanding = () => matchMedia('(max-width: 700px)').matches;
  grid.addEventListener('keydown', (event) => walk(grid, event, isStanding()));
  return {
    id: 'heat-map',
    title: TITLE,
    uses: ['busiest-hours'],
    isWide: true,
    show: (data) => {
      fill(grid, data);
      return [grid, legend(mostOf(data))];
    },
  };
}

function mostOf({ of }: CardData): number {
  return Math.max(...of('busiest-hours').rows.map((row) => numberOf(row, 'sessions')), 1);
}

function fill(grid: HTMLElement, data: CardData): void {
  const sessions = new Map(
    data.of('busiest-hours').rows.map((row) => [`${row.weekday} ${row.hour}`, numberOf(row, 'sessions')]),
  );
  const most = mostOf(data);
  const focused = grid.contains(document.activeElement)
    ? document.activeElement?.getAttribute('data-key')
    : null;
  const head = h(
    'div',
    { role: 'row' },
    ...HOURS.map((hour) =>
      place(h('div', { role: 'columnheader', class: 'hour' }, String(hour).padStart(2, '0')), 0, hour),
    ),
  );
  const days = WEEKDAYS.map((name, i) => {
    const day = place(
      h('div', { role: 'rowheader', class: 'day' }, h('abbr', { title: name }, name.slice(0, 3))),
      i + 1,
      -1,
    );
    const cells = HOURS.map((hour) =>
      cell(data, { weekday: i + 1, hour, value: sessions.get(`${i + 1} ${hour}`) ?? 0, most }),
    );
    return h('div', { role: 'row' }, day, ...cells);
  });
  grid.replaceChildren(head, ...days);
  const cells = [...grid.querySelectorAll<HTMLElement>('[data-key]')];
  const entry = cells.find((one) => one.dataset.key === focused) ?? cells[0];
  entry?.setAttribute('tabindex', '0');
  if (focused !== null && focused !== undefined) entry?.focus({ preventScroll: true });
}

function cell(
  { view }: CardData,
  { weekday, hour, value, most }: Record<'weekday' | 'hour' | 'value' | 'most', number>,
): HTMLElement {
  const name = `${WEEKDAYS[weekday - 1]} ${hourSpan(hour)}: ${plural(value, 'session', count(value))}`;
  const narrowed = { weekday: String(weekday), hour: String(hour) };
  const href = value === 0 ? undefined : rowsHref(view, 'session-list', narrowed);
  const level = value === 0 ? 0 : Math.ceil((value / most) * LEVELS);
  const key = `${weekday} ${hour}`;
  const attributes = {
    href,
    'data-key': key,
    'data-level': level,
    tabindex: -1,
    'aria-label': name,
    title: name,
  };
  const inside = h('a', attributes, value === 0 ? '' : count(value));
  return place(h('div', { role: 'gridcell' }, inside), weekday, hour);
}

/** The style sheet turns day and hour into rows and columns, or into columns and rows. */
function place(element: HTMLElement, day: number, hour: number): HTMLElement {
  element.style.setProperty('--day', String(day));
  element.style.setProperty('--hour', String(hour));
  return element;
}

function walk(grid: HTMLElement, event: KeyboardEvent, isStanding: boolean): void {
  const step = STEPS[event.key];
  const from = event.target instanceof HTMLElement ? event.target.dataset.key : undefined;
  if (step === undefined || from === undefined) return;
  event.preventDefault();
  const [days, hours] = isStanding ? [step[1], step[0]] : step;
  const [weekday = 1, hour = 0] = from.split(' ').map(Number);
  const to = grid.querySelector<HTMLElement>(`[data-key="${weekday + days} ${hour + hours}"]`);
  if (to === null || !(event.target instanceof HTMLElement)) return;
  event.target.tabIndex = -1;
  to.tabIndex = 0;
  to.focus();
}

function legend(most: number): HTMLElement {
  const steps = Array.from({ length: LEVELS }, (_, i) => h('span', { class: 'step', 'data-level': i + 1 }));
  return h('p', { class: 'legend' }, '1', ...steps, `${count(most)} sessions in an hour`);
}
