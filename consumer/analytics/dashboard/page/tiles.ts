import type { Asked } from './ask.ts';
import type { CardData } from './card.ts';
import { h, linked } from './elements.ts';
import { change, count, duration, localTime, percent, shareChange } from './numbers.ts';
import { numberOf, numberOrNull, type Row, textOf } from './values.ts';
import { rowsHref, type View } from './view.ts';

interface Tile {
  readonly label: string;
  readonly value: (row: Row) => number | null;
  readonly write: (value: number) => string;
  /** Whether it is a share: it changes by percentage points. */
  readonly isShare?: boolean;
  /** What belongs to the number. */
  readonly detail: (row: Row) => string;
  readonly rows: string;
  readonly narrowed?: Asked;
  /** Whether more is worse; where it is neither, absent. */
  readonly isMoreWorse?: boolean;
}

const share = (row: Row, part: string, whole: string) => {
  const all = numberOf(row, whole);
  return all === 0 ? '' : `${percent(numberOf(row, part) / all)} of ${whole}`;
};

const TILES: readonly Tile[] = [
  {
    label: 'Sessions',
    value: (row) => numberOf(row, 'sessions'),
    write: count,
    detail: (row) =>
      `${count(numberOf(row, 'customers'))} customers, ${count(numberOf(row, 'sessions_open'))} open`,
    rows: 'session-list',
  },
  {
    label: 'Waited for an agent',
    value: (row) => numberOf(row, 'waiting'),
    write: count,
    detail: (row) => share(row, 'waiting', 'sessions'),
    rows: 'session-list',
    narrowed: { state: 'waiting' },
    isMoreWorse: true,
  },
  {
    label: 'Resolutions',
    value: (row) => numberOf(row, 'resolutions'),
    write: count,
    detail: (row) => `${count(numberOf(row, 'resolutions_with_notes'))} with notes`,
    rows: 'resolution-list',
  },
  {
    label: 'Median time to resolve',
    value: (row) => numberOrNull(row, 'median_seconds_to_resolve'),
    write: duration,
    detail: (row) => {
      const slow = numberOrNull(row, 'p90_seconds_to_resolve');
      return slow === null ? 'nothing resolved yet' : `9 of 10 within ${duration(slow)}`;
    },
    rows: 'session-list',
    narrowed: { state: 'resolved' },
    isMoreWorse: true,
  },
  {
    label: 'Reopened within 24 h',
    value: (row) => numberOrNull(row, 'reopened_share'),
    write: percent,
    isShare: true,
    detail: (row) => {
      const old = numberOf(row, 'resolutions_24h_old');
      return old === 0
        ? 'none is 24 h old yet'
        : `${count(numberOf(row, 'reopened_within_24h'))} of ${count(old)} old enough`;
    },
    rows: 'resolution-list',
    narrowed: { state: 'reopened' },
    isMoreWorse: true,
  },
  {
    label: 'Logouts',
    value: (row) => numberOf(row, 'logouts'),
    write: count,
    detail: (row) => `${count(numberOf(row, 'forced_logouts'))} forced`,
    rows: 'logout-list',
  },
];

const UNKNOWN = '–';

export const TILES_USES = ['overview'];

/** The period's main numbers, each with the change against the period before it. */
export function tiles({ of, view }: CardData): readonly HTMLElement[] {
  const { rows } = of('overview');
  const [now = {}, before = {}] = ['current', 'previous'].map((period) =>
    rows.find((row) => row.period === period),
  );
  return TILES.map((tile) => show(tile, { now, before, view }));
}

/** What stands there until the numbers are known: their names, and the room that they take. */
export function unknownTiles(): readonly HTMLElement[] {
  return TILES.map((tile) => frame(tile, { value: UNKNOWN, detail: '', change: [] }));
}

/** The period that the changes are against, in words. */
export function comparedWith({ of }: CardData): string {
  const before = of('overview').rows.find((row) => row.period === 'previous');
  return `Changes are against ${localTime(textOf(before, 'from_at'))} to ${localTime(textOf(before, 'to_at'))}.`;
}

function show(tile: Tile, { now, before, view }: { now: Row; before: Row; view: View }): HTMLElement {
  const value = tile.value(now);
  const text = value === null ? UNKNOWN : tile.write(value);
  return frame(tile, {
    value: linked(text, value, rowsHref(view, tile.rows, tile.narrowed)),
    detail: tile.detail(now),
    change: comparison(tile, value, tile.value(before)),
  });
}

interface Shown {
  readonly value: Node | string;
  readonly detail: string;
  readonly change: readonly (Node | string)[];
}

function frame({ label }: Tile, { value, detail, change }: Shown): HTMLElement {
  return h(
    'div',
    { class: 'tile' },
    h('dt', {}, label),
    h('dd', { class: 'tile-value' }, value),
    h('dd', { class: 'tile-detail' }, detail),
    h('dd', { class: 'tile-change' }, ...change),
  );
}

function comparison(tile: Tile, now: number | null, before: number | null): (Node | string)[] {
  const isShare = tile.isShare === true;
  // No count grows from 0 by a share of it; a share of 0 is one like any other.
  if (now === null || before === null || (before === 0 && !isShare)) return ['none in the period before'];
  const text = isShare ? shareChange(now, before) : change(now, before);
  const sign = text === 'unchanged' ? '' : now > before ? '▲ ' : '▼ ';
  const isWorse = tile.isMoreWorse === true && now > before;
  const isBetter = tile.isMoreWorse === true && now < before;
  const tone = isWorse ? 'worse' : isBetter ? 'better' : 'even';
  const word = h('span', { class: `change ${tone}` }, `${sign}${text}`);
  return [word, ` from ${tile.write(before)}`];
}
