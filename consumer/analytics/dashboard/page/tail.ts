import type { Card } from './card.ts';
import { h } from './elements.ts';
import { storyHref } from './links.ts';
import { count, localClock, localDay } from './numbers.ts';
import { DataTable, type TableColumn } from './table.ts';
import { type Row, textOf } from './values.ts';
import type { View } from './view.ts';
import { channelName, kindName } from './words.ts';

const TITLE = 'Latest events';
const MOST_AT_FIRST = 12;

/** So long, an event that has come in looks new. */
const NEW_MS = 4_000;

/** The card, and what can be said of how its events come. */
export interface TailCard extends Card {
  /** Whether events show as they are published; else they are asked for now and then. */
  sayLive(isLive: boolean): void;
  /** So many were too many to be shown. */
  sayDropped(events: number): void;
}

/** The events that came in last, whatever period is chosen. */
export function tailCard(): TailCard {
  const table = new DataTable({ caption: TITLE, mostAtFirst: MOST_AT_FIRST });
  const dropped = h('span', { class: 'pulse-note' });
  const pulse = h('span', { class: 'pulse' });
  const firstShown = new FirstShown();
  const card: TailCard = {
    id: 'tail',
    title: TITLE,
    uses: ['latest-events'],
    actions: [dropped, pulse],
    isEmpty: () => false,
    show: ({ of, view }) => {
      const { rows } = of('latest-events');
      if (rows.length === 0) return [h('p', { class: 'state' }, 'No event in the last 24 hours.')];
      const ages = firstShown.ages(rows);
      table.show(
        columns(view, (row) => (ages.get(textOf(row, 'event_id')) ?? 0) < NEW_MS),
        rows,
      );
      return [table.element];
    },
    sayLive: (isLive) => {
      pulse.dataset.live = String(isLive);
      pulse.textContent = isLive ? 'Live' : 'Every 5 s';
    },
    sayDropped: (events) => {
      dropped.textContent = events === 0 ? '' : `${count(events)} more than can be shown`;
    },
  };
  card.sayLive(false);
  return card;
}

/** Since when each event is on the page; those that it began with, for ever. */
class FirstShown {
  #sinceMs: ReadonlyMap<string, number> | undefined;

  /** @returns milliseconds, by the event's id */
  ages(rows: readonly Row[]): ReadonlyMap<string, number> {
    const nowMs = performance.now();
    const unknown = this.#sinceMs === undefined ? Number.NEGATIVE_INFINITY : nowMs;
    const ids = rows.map((row) => textOf(row, 'event_id'));
    const sinceMs = new Map(ids.map((id) => [id, this.#sinceMs?.get(id) ?? unknown]));
    this.#sinceMs = sinceMs;
    return new Map(ids.map((id) => [id, nowMs - (sinceMs.get(id) ?? nowMs)]));
  }
}

function columns(view: View, isNew: (row: Row) => boolean): TableColumn[] {
  const time = (row: Row) => {
    const received = textOf(row, 'received');
    const name = isNew(row) ? 'new' : undefined;
    const time = h(
      'time',
      { datetime: received.replace(' ', 'T'), title: localDay(received), class: name },
      localClock(received, true),
    );
    const href = storyHref(view, row);
    return href === undefined ? time : h('a', { href, class: 'number' }, time);
  };
  const kind = (row: Row) =>
    h('span', { class: 'kind', 'data-kind': textOf(row, 'kind') }, kindName(textOf(row, 'kind')));
  const who = (row: Row) => {
    const source = textOf(row, 'source');
    return h(
      'span',
      {},
      textOf(row, 'who') || '–',
      source === '' ? '' : h('small', {}, ` ${channelName(source)}`),
    );
  };
  return [
    { key: 'received', label: 'Received', isHead: true, cell: time },
    { key: 'kind', label: 'Event', cell: kind },
    { key: 'who', label: 'Who', cell: who },
    {
      key: 'what',
      label: 'What',
      isMinor: true,
      cell: (row) => h('span', { class: 'clip' }, textOf(row, 'what')),
    },
  ];
}
