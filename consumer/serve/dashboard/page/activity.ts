import { buckets } from './buckets.ts';
import type { Card } from './card.ts';
import { baseOptions, ChartWithTable } from './charts.ts';
import { linked } from './elements.ts';
import { go } from './navigate.ts';
import { count, localClock, localDay } from './numbers.ts';
import type { TableColumn } from './table.ts';
import { color } from './theme.ts';
import { numberOf, numberOrNull, type Row, textOf } from './values.ts';
import { rowsHref, type View } from './view.ts';

const TITLE = 'Sessions and resolutions over time';
const SERIES = [
  { key: 'sessions', label: 'Sessions', rows: 'session-list', color: '--sessions', point: 'circle' },
  {
    key: 'resolutions',
    label: 'Resolutions',
    rows: 'resolution-list',
    color: '--resolutions',
    point: 'rect',
  },
] as const;
type Series = (typeof SERIES)[number];

/** Sessions and resolutions, by the hour or the day. */
export function activityCard(): Card {
  const chart = new ChartWithTable<'line'>(TITLE);
  return {
    id: 'activity',
    title: TITLE,
    uses: ['activity-over-time'],
    isWide: true,
    actions: [chart.button],
    show: (data) => {
      const { rows, isHourly } = buckets(data);
      const config = {
        type: 'line' as const,
        data: chartData(rows, isHourly),
        options: options(rows, data.view),
      };
      chart.show(config, summary(rows), columns(data.view, isHourly), rows);
      return chart.nodes;
    },
  };
}

function chartData(rows: readonly Row[], isHourly: boolean) {
  const radius = rows.length > 40 ? 0 : 3;
  // A bucket that the period cuts is lower for that alone: the way to it is dashed.
  const segment = {
    borderDash: ({ p0DataIndex, p1DataIndex }: { p0DataIndex: number; p1DataIndex: number }) =>
      rows[p0DataIndex]?.is_cut === true || rows[p1DataIndex]?.is_cut === true ? [4, 4] : undefined,
  };
  return {
    labels: rows.map((row) => label(textOf(row, 'bucket'), isHourly)),
    datasets: SERIES.map((series) => ({
      label: series.label,
      data: rows.map((row) => numberOrNull(row, series.key)),
      borderColor: color(series.color),
      backgroundColor: color(series.color),
      borderWidth: 2,
      pointStyle: series.point,
      pointRadius: radius,
      pointHoverRadius: 5,
      segment,
    })),
  };
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
      tooltip: {
        ...base.plugins?.tooltip,
        callbacks: { footer: ([item]: { dataIndex: number }[]) => footer(rows[item?.dataIndex ?? -1]) },
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
  return rowsHref(view, rows, { from: textOf(row, 'from'), to: textOf(row, 'to') });
}

function columns(view: View, isHourly: boolean): TableColumn[] {
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
  const cell = (row: Row) => label(textOf(row, 'bucket'), isHourly);
  return [{ key: 'bucket', label: isHourly ? 'Hour' : 'Day', isHead: true, cell }, ...numbers];
}

function label(bucket: string, isHourly: boolean): string {
  return isHourly ? `${localDay(bucket)} ${localClock(bucket)}` : localDay(bucket);
}

function summary(rows: readonly Row[]): string {
  const sum = (key: string) => count(rows.reduce((total, row) => total + numberOf(row, key), 0));
  return `Line chart: ${sum('sessions')} sessions and ${sum('resolutions')} resolutions. The button “Table” shows each number.`;
}
