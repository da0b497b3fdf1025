import { buckets, type Unit } from './buckets.ts';
import type { Card } from './card.ts';
import { baseOptions, ChartWithTable } from './charts.ts';
import { linked } from './elements.ts';
import { go } from './navigate.ts';
import { count, localClock, localDay, localMonth } from './numbers.ts';
import type { TableColumn } from './table.ts';
import { color } from './theme.ts';
import { numberOf, numberOrNull, type Row, textOf } from './values.ts';
import { rowsHref, type View } from './view.ts';

const TITLE = 'Sessions and resolutions over time';
const SERIES = [
  { key: 'sessions', label: 'Sessions', rows: 'session-list', color: '--sessions' },
  {
    key: 'resolutions',
    label: 'Resolutions',
    rows: 'resolution-list',
    color: '--resolutions',
    point: 'rect',
  },
] as const;
type Series = (typeof SERIES)[number];

const HEADS: Readonly<Record<Unit, string>> = { hour: 'Hour', day: 'Day', month: 'Month' };

/** Sessions and resolutions, by the hour, the day or the month. */
export function activityCard(): Card {
  const chart = new ChartWithTable(TITLE);
  return {
    id: 'activity',
    title: TITLE,
    uses: ['activity-over-time'],
    // Empty buckets are rows too.
    isEmpty: ({ of }) => of('activity-over-time').rows.every((row) => !hasAny(row)),
    isWide: true,
    actions: [chart.button],
    show: (data) => {
      const { rows, unit } = buckets(data);
      const config = {
        type: 'line' as const,
        data: chartData(rows, unit),
        options: options(rows, data.view),
      };
      chart.show(config, summary(rows), columns(data.view, unit), rows);
      return chart.nodes;
    },
  };
}

/** Bars and a line: the two are told apart without their colours. Where the period cuts a bucket, they are fainter. */
function chartData(rows: readonly Row[], unit: Unit) {
  const isCut = (index: number) => rows[index]?.is_cut === true;
  const [sessions, resolutions] = SERIES;
  const of = ({ key, label }: Series) => ({ label, data: rows.map((row) => numberOrNull(row, key)) });
  return {
    labels: rows.map((row, i) => tick(textOf(row, 'bucket'), unit, i === 0)),
    datasets: [
      {
        ...of(sessions),
        type: 'bar' as const,
        order: 2,
        pointStyle: 'rect' as const,
        backgroundColor: rows.map((_, i) =>
          isCut(i) ? color('--faint-sessions') : color('--soft-sessions'),
        ),
        hoverBackgroundColor: color('--sessions'),
        borderRadius: 3,
        maxBarThickness: 64,
      },
      {
        ...of(resolutions),
        type: 'line' as const,
        order: 1,
        pointStyle: 'circle' as const,
        borderColor: color('--resolutions'),
        backgroundColor: color('--resolutions'),
        borderWidth: 2,
        pointRadius: rows.length > 40 ? 0 : 3,
        pointHoverRadius: 5,
        segment: {
          borderDash: ({ p0DataIndex, p1DataIndex }: Segment) =>
            isCut(p0DataIndex) || isCut(p1DataIndex) ? [4, 4] : undefined,
        },
      },
    ],
  };
}

interface Segment {
  readonly p0DataIndex: number;
  readonly p1DataIndex: number;
}

function options(rows: readonly Row[], view: View) {
  const base = baseOptions();
  return {
    ...base,
    onClick: (...[event, , chart]: Parameters<NonNullable<typeof base.onClick>>) => {
      if (event.native === null) return;
      const [hit] = chart.getElementsAtEventForMode(event.native, 'nearest', { intersect: false }, true);
      const [row, series] = [rows[hit?.index ?? -1], SERIES[hit?.datasetIndex ?? -1]];
      if (row !== undefined && series !== undefined) go(bucketHref(view, row, series));
    },
    plugins: {
      ...base.plugins,
      legend: { ...base.plugins?.legend, reverse: true },
      tooltip: {
        ...base.plugins?.tooltip,
        callbacks: {
          title: ([item]: { dataIndex: number }[]) => textOf(rows[item?.dataIndex ?? -1], 'label'),
          footer: ([item]: { dataIndex: number }[]) => footer(rows[item?.dataIndex ?? -1]),
        },
      },
    },
  };
}

function footer(row: Row | undefined): string {
  return row?.is_cut === true
    ? 'Not whole: the period begins or ends in it.\nClick for the rows'
    : 'Click for the rows';
}

function bucketHref(view: View, row: Row, { rows }: Series): string {
  return rowsHref(view, rows, { from: textOf(row, 'from_at'), to: textOf(row, 'to_at') });
}

function columns(view: View, unit: Unit): TableColumn[] {
  const numbers = SERIES.map(
    (series): TableColumn => ({
      key: series.key,
      label: series.label,
      isNumber: true,
      cell: (row) => {
        const value = numberOf(row, series.key);
        return linked(count(value), value, bucketHref(view, row, series));
      },
    }),
  );
  const cell = (row: Row) => textOf(row, 'label');
  return [{ key: 'bucket', label: HEADS[unit], isHead: true, cell }, ...numbers];
}

/** Hours say their day where it begins. */
function tick(bucket: string, unit: Unit, isFirst: boolean): string | string[] {
  if (unit === 'month') return localMonth(bucket);
  if (unit === 'day') return localDay(bucket);
  const clock = localClock(bucket);
  return isFirst || clock === '00:00' ? [clock, localDay(bucket)] : clock;
}

function hasAny(row: Row): boolean {
  return SERIES.some(({ key }) => numberOf(row, key) > 0);
}

function summary(rows: readonly Row[]): string {
  const sum = (key: string) => count(rows.reduce((total, row) => total + numberOf(row, key), 0));
  return `Chart: ${sum('sessions')} sessions and ${sum('resolutions')} resolutions. The button “Table” shows each number.`;
}
