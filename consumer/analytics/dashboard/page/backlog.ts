import type { Asked } from './ask.ts';
import { withBar } from './bars.ts';
import type { Card, CardData } from './card.ts';
import { h, linked } from './elements.ts';
import { count, localTime } from './numbers.ts';
import { DataTable, type TableColumn } from './table.ts';
import { numberOf, type Row, textOf } from './values.ts';
import { rowsHref } from './view.ts';
import { plural } from './words.ts';

const TITLE = 'Open sessions by age';

/** What is open, however old. */
export function backlogCard(): Card {
  const table = new DataTable({ caption: TITLE });
  return {
    id: 'backlog',
    title: TITLE,
    uses: ['open-backlog'],
    isEmpty: () => false,
    show: (data) => {
      const { rows } = data.of('open-backlog');
      if (rows.length === 0) return [h('p', { class: 'state' }, 'Nothing is open.')];
      table.show(columns(data), rows);
      const open = rows.reduce((sum, row) => sum + numberOf(row, 'sessions_open'), 0);
      const all = h(
        'a',
        { href: rowsHref(data.view, 'backlog-list'), class: 'number' },
        plural(open, 'session', count(open)),
      );
      return [h('p', {}, all, ' not resolved yet, whenever started.'), table.element];
    },
  };
}

function columns({ view, of }: CardData): TableColumn[] {
  const most = Math.max(...of('open-backlog').rows.map((row) => numberOf(row, 'sessions_open')), 1);
  const href = (row: Row) => rowsHref(view, 'backlog-list', ageBounds(row));
  return [
    { key: 'from_seconds', label: 'Age', isHead: true, cell: (row) => textOf(row, 'age') },
    {
      key: 'sessions_open',
      label: 'Open',
      isNumber: true,
      cell: (row) => {
        const open = numberOf(row, 'sessions_open');
        return withBar(linked(count(open), open, href(row)), open / most);
      },
    },
    {
      key: 'waiting',
      label: 'Waited at start',
      isNumber: true,
      cell: (row) => count(numberOf(row, 'waiting')),
    },
    {
      key: 'oldest',
      label: 'Oldest',
      isNumber: true,
      isMinor: true,
      cell: (row) => localTime(textOf(row, 'oldest')),
    },
  ];
}

function ageBounds(row: Row): Asked {
  const bounds = { min_seconds: textOf(row, 'from_seconds'), max_seconds: textOf(row, 'to_seconds') };
  return Object.fromEntries(Object.entries(bounds).filter(([, value]) => value !== ''));
}
