import type { Card } from './card.ts';
import { baseOptions, ChartWithTable } from './charts.ts';
import { linked } from './elements.ts';
import { go } from './navigate.ts';
import { count, percent } from './numbers.ts';
import type { TableColumn } from './table.ts';
import { color } from './theme.ts';
import { numberOf, numberOrNull, type Row, textOf } from './values.ts';
import { rowsHref, type View } from './view.ts';

const TITLE = 'How long it takes to resolve';

/** The distribution of the times to resolve. */
export function spreadCard(): Card {
  const chart = new ChartWithTable(TITLE);
  return {
    id: 'spread',
    title: TITLE,
    uses: ['time-to-resolve-histogram'],
    isEmpty: ({ of }) => of('time-to-resolve-histogram').rows.every((row) => numberOf(row, 'sessions') === 0),
    actions: [chart.button],
    show: ({ view, of }) => {
      const { rows } = of('time-to-resolve-histogram');
      chart.show(
        { type: 'bar', data: chartData(rows), options: options(rows, view) },
        summary(rows),
        columns(view),
        rows,
      );
      return chart.nodes;
    },
  };
}

function isUnresolved(row: Row | undefined): boolean {
  return numberOrNull(row, 'from_seconds') === null;
}

function chartData(rows: readonly Row[]) {
  return {
    labels: rows.map((row) => label(textOf(row, 'bucket'))),
    datasets: [
      {
        label: 'Sessions',
        data: rows.map((row) => numberOf(row, 'sessions')),
        backgroundColor: rows.map((row) => color(isUnresolved(row) ? '--faint' : '--soft-sessions')),
        hoverBackgroundColor: color('--sessions'),
        borderRadius: 3,
        categoryPercentage: 0.92,
        barPercentage: 0.92,
      },
    ],
  };
}

/** One word to a line, so that none is turned; where the screen is narrow, in one line that is. */
function label(bucket: string): string | string[] {
  const short = bucket.replace(' to ', '–').replace('under ', '< ').replace('over ', '> ');
  return isNarrow() ? short : short.replace(/([<>]) /, '$1\u00a0').split(' ');
}

function isNarrow(): boolean {
  return matchMedia('(max-width: 700px)').matches;
}

function options(rows: readonly Row[], view: View) {
  const base = baseOptions();
  const ofItem = ([item]: { dataIndex: number }[]) => rows[item?.dataIndex ?? -1];
  return {
    ...base,
    onClick: (...[, [hit]]: Parameters<NonNullable<typeof base.onClick>>) => {
      const row = rows[hit?.index ?? -1];
      if (row !== undefined) go(bucketHref(view, row));
    },
    scales: {
      ...base.scales,
      x: {
        ...base.scales?.x,
        ticks: { ...base.scales?.x?.ticks, autoSkip: false, maxRotation: isNarrow() ? 90 : 0 },
      },
    },
    plugins: {
      ...base.plugins,
      legend: { display: false },
      tooltip: {
        ...base.plugins?.tooltip,
        callbacks: {
          title: (items: { dataIndex: number }[]) => textOf(ofItem(items), 'bucket'),
          footer: (items: { dataIndex: number }[]) =>
            `${percent(numberOf(ofItem(items), 'sessions_share'))} of all. Click for the rows`,
        },
      },
    },
  };
}

function bucketHref(view: View, row: Row): string {
  if (isUnresolved(row)) return rowsHref(view, 'session-list', { state: 'unresolved' });
  const bounds = { min_seconds: textOf(row, 'from_seconds'), max_seconds: textOf(row, 'to_seconds') };
  return rowsHref(
    view,
    'session-list',
    Object.fromEntries(Object.entries(bounds).filter(([, value]) => value !== '')),
  );
}

function columns(view: View): TableColumn[] {
  return [
    { key: 'from_seconds', label: 'Time to resolve', isHead: true, cell: (row) => textOf(row, 'bucket') },
    {
      key: 'sessions',
      label: 'Sessions',
      isNumber: true,
      cell: (row) =>
        linked(count(numberOf(row, 'sessions')), numberOf(row, 'sessions'), bucketHref(view, row)),
    },
    {
      key: 'sessions_share',
      label: 'Share',
      isNumber: true,
      cell: (row) => percent(numberOf(row, 'sessions_share')),
    },
  ];
}

function summary(rows: readonly Row[]): string {
  const most = rows.toSorted((a, b) => numberOf(b, 'sessions') - numberOf(a, 'sessions'))[0];
  const share = percent(numberOf(most, 'sessions_share'));
  return `Bar chart: most sessions, ${share}, are in “${textOf(most, 'bucket')}”. The button “Table” shows each number.`;
}
