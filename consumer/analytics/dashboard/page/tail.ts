import type { Card } from './card.ts';
import { h } from './elements.ts';
import { localClock, localDay } from './numbers.ts';
import { DataTable, type TableColumn } from './table.ts';
import { type Row, textOf } from './values.ts';
import { channelName, kindName } from './words.ts';

const TITLE = 'Latest events';
const MOST_AT_FIRST = 12;

/** The events that came in last, whatever period is chosen. */
export function tailCard(): Card {
  const table = new DataTable({ caption: TITLE, mostAtFirst: MOST_AT_FIRST });
  let known: ReadonlySet<string> | undefined;
  return {
    id: 'tail',
    title: TITLE,
    uses: ['latest-events'],
    isEmpty: () => false,
    show: ({ of }) => {
      const { rows } = of('latest-events');
      if (rows.length === 0) return [h('p', { class: 'state' }, 'No event in the last 24 hours.')];
      const before = known;
      table.show(
        columns((row) => before !== undefined && !before.has(textOf(row, 'event_id'))),
        rows,
      );
      known = new Set(rows.map((row) => textOf(row, 'event_id')));
      return [table.element];
    },
  };
}

function columns(isNew: (row: Row) => boolean): TableColumn[] {
  const time = (row: Row) => {
    const received = textOf(row, 'received');
    const name = isNew(row) ? 'new' : undefined;
    return h(
      'time',
      { datetime: received.replace(' ', 'T'), title: localDay(received), class: name },
      localClock(received, true),
    );
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
