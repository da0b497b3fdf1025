import { withBar } from './bars.ts';
import type { Card, CardData } from './card.ts';
import { h, linked } from './elements.ts';
import { count, duration, percent } from './numbers.ts';
import { agentName, ofAgent } from './people.ts';
import { DataTable, type TableColumn } from './table.ts';
import { numberOf, numberOrNull, type Row, textOf } from './values.ts';
import { rowsHref, type View } from './view.ts';

const TITLE = 'Agents: who resolves most';
const MOST_AT_FIRST = 15;

/** Agents, sortable; who resolved most first. */
export function agentsCard(): Card {
  const table = new DataTable({ caption: TITLE, mostAtFirst: MOST_AT_FIRST });
  return {
    id: 'agents',
    title: TITLE,
    uses: ['agents'],
    isWide: true,
    show: (data) => {
      table.show(columns(data), data.of('agents').rows);
      return [
        table.element,
        h(
          'p',
          { class: 'hint' },
          'A new session reopens the last resolution before it, and counts for whoever resolved last. First response, ' +
            'assignment and hours online are not here: no webhook tells them.',
        ),
      ];
    },
  };
}

function columns({ view, of }: CardData): TableColumn[] {
  const { rows } = of('agents');
  const most = Math.max(...rows.map((row) => numberOf(row, 'resolutions')), 1);
  const hasSeveralApps = new Set(rows.map((row) => textOf(row, 'app_id'))).size > 1;
  const resolutions = countColumn(view, 'resolutions', 'Resolutions', 'resolution-list', '');
  return [
    { key: 'agent', label: 'Agent', isHead: true, cell: (row) => nameCell(row, hasSeveralApps) },
    { ...resolutions, cell: (row) => withBar(resolutions.cell(row), numberOf(row, 'resolutions') / most) },
    {
      ...countColumn(view, 'sessions_resolved', 'Sessions resolved', 'session-list', 'resolved'),
      isMinor: true,
    },
    timeColumn(view, 'median_seconds_to_resolve', 'Median time to resolve'),
    { ...timeColumn(view, 'p90_seconds_to_resolve', '9 of 10 within'), isMinor: true },
    { ...countColumn(view, 'customers', 'Customers', 'resolution-list', ''), isMinor: true },
    {
      ...countColumn(view, 'resolutions_with_notes', 'With notes', 'resolution-list', 'noted'),
      isMinor: true,
    },
    reopenedColumn(view),
  ];
}

/** The role where it is another than agent, and the app where there are several. */
function nameCell(row: Row, hasSeveralApps: boolean): HTMLElement {
  const role = textOf(row, 'agent_role');
  const more = [role === 'agent' ? '' : role, hasSeveralApps ? textOf(row, 'app_id') : ''].filter(Boolean);
  return h('span', { class: 'person' }, agentName(row), ' ', h('small', {}, more.join(', ')));
}

function countColumn(view: View, key: string, label: string, rows: string, state: string): TableColumn {
  const href = (row: Row) => rowsHref(view, rows, { ...ofAgent(row), state });
  return {
    key,
    label,
    isNumber: true,
    cell: (row) => linked(count(numberOf(row, key)), numberOf(row, key), href(row)),
  };
}

function timeColumn(view: View, key: string, label: string): TableColumn {
  const cell = (row: Row) => {
    const seconds = numberOrNull(row, key);
    if (seconds === null) return '–';
    return linked(
      duration(seconds),
      1,
      rowsHref(view, 'session-list', { ...ofAgent(row), state: 'resolved' }),
    );
  };
  return { key, label, isNumber: true, cell };
}

function reopenedColumn(view: View): TableColumn {
  const cell = (row: Row) => {
    const share = numberOrNull(row, 'reopened_share');
    if (share === null) return '–';
    return linked(
      percent(share),
      share,
      rowsHref(view, 'resolution-list', { ...ofAgent(row), state: 'reopened' }),
    );
  };
  return { key: 'reopened_share', label: 'Reopened within 24 h', isNumber: true, cell };
}
