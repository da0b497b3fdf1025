import { textTable } from '../../consumer/cli/table.ts';
import type { ByPart, Figures } from './figures.ts';
import type { Result } from './result.ts';

const HEADS = ['', 'events', 'a second', 'first rows, s', 'CPU µs an event', 'peak MB'];

/** The result for people: a line for each contender, and one for each size. */
export function inText(result: Result): string {
  return `${table(result.contenders)}
Ours is so many times as fast (medians of ${result.rounds} rounds):
  ${result.ratio_to_kafka_engine} the Kafka engine, ${result.ratio_to_kafka_engine_tuned} when that is tuned,
  ${result.ratio_to_usual_loop} the usual loop, ${result.ratio_to_raw_insert} the raw insert,
  ${result.ratio_to_rows_alone} ours where answers and books are not kept beside the rows, as for all others.
The consumer takes ${result.peak_rss_mb} MB at the most, while ClickHouse hangs ${result.peak_rss_hanging_mb ?? '–'}.

${table(result.growth)}`;
}

function table(figures: readonly Figures[]): string {
  const rows = figures.map((each) => [
    each.contender,
    each.events.toLocaleString('en'),
    (each.events_per_second ?? 0).toLocaleString('en'),
    `${each.first_rows_seconds}`,
    partsOf(each.cpu_us_per_event),
    partsOf(each.peak_rss_mb),
  ]);
  return textTable({ heads: HEADS, rows, right: (column) => column > 0 && column < 4 });
}

function partsOf(values: ByPart): string {
  return Object.entries(values)
    .map(([part, value]) => `${part} ${value}`)
    .join(', ');
}
