import { withBar } from './bars.ts';
import type { Card, CardData } from './card.ts';
import { linked } from './elements.ts';
import { count, duration, percent } from './numbers.ts';
import { DataTable, type TableColumn } from './table.ts';
import { numberOf, numberOrNull, type Row, textOf } from './values.ts';
import { rowsHref } from './view.ts';
import { channelName } from './words.ts';

const TITLE = 'Channels: where customers wait longest';

/** Channels, the slowest first. */
export function channelsCard(): Card {
  const table = new DataTable({ caption: TITLE });
  return {
    id: 'channels',
    title: TITLE,
    uses: ['channels'],
    isWide: true,
    show: (data) => {
      table.show(columns(data), data.of('channels').rows);
      return [table.element];
    },
  };
}

function columns({ view, of }: CardData): TableColumn[] {
  const slowest = Math.max(
    ...of('channels').rows.map((row) => numberOf(row, 'median_seconds_to_resolve')),
    1,
  );
  const href = (row: Row, state: string) =>
    rowsHref(view, 'session-list', { channel: textOf(row, 'channel'), state });
  const number = (key: string, label: string, state: string, isMinor = false): TableColumn => ({
    key,
    label,
    isNumber: true,
    isMinor,
    cell: (row) => linked(count(numberOf(row, key)), numberOf(row, key), href(row, state)),
  });
  const time = (key: string, label: string, isMinor = false): TableColumn => ({
    key,
    label,
    isNumber: true,
    isMinor,
    cell: (row) => {
      const seconds = numberOrNull(row, key);
      return seconds === null ? '–' : linked(duration(seconds), 1, href(row, 'resolved'));
    },
  });
  const median = time('median_seconds_to_resolve', 'Median time to resolve');
  return [
    { key: 'channel', label: 'Channel', isHead: true, cell: (row) => channelName(textOf(row, 'channel')) },
    {
      ...median,
      cell: (row) => withBar(median.cell(row), numberOf(row, 'median_seconds_to_resolve') / slowest),
    },
    time('p90_seconds_to_resolve', '9 of 10 within', true),
    time('median_business_seconds_to_resolve', 'Median in business hours', true),
    number('sessions', 'Sessions', ''),
    {
      key: 'sessions_share',
      label: 'Share',
      isNumber: true,
      isMinor: true,
      cell: (row) => percent(numberOf(row, 'sessions_share')),
    },
    number('waiting', 'Waited at start', 'waiting', true),
    number('sessions_open', 'Open', 'open'),
  ];
}
