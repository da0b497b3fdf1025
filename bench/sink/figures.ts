import { median, rounded } from '../statistics.ts';
import type { Turn } from './turn.ts';

/** A figure of each part; `consumer` is whatever stands between Kafka and ClickHouse, where that is a process. */
export type ByPart = Readonly<Record<string, number | null>>;

/** A contender's medians. */
export interface Figures {
  readonly contender: string;
  readonly events: number;
  /** From its start, that of its program and of its consumer group included, until the last row stands. */
  readonly events_per_second: number | null;
  readonly first_rows_seconds: number | null;
  readonly cpu_us_per_event: ByPart;
  readonly peak_rss_mb: ByPart;
}

/** Events a second. */
export const rateOf = ({ events, seconds }: Turn) => events / seconds;

/** Processor time of a part, microseconds an event. */
export const cpuUs = ({ usage, events }: Turn, part: string) =>
  ((usage[part]?.cpuMs ?? Number.NaN) * 1_000) / events;

/** The most memory that a part had. */
export const peakMb = ({ usage }: Turn, part: string) => usage[part]?.peakRssMb ?? Number.NaN;

/** The figures of each contender's turns, in the order in which they came first. */
export function figuresOf(turns: readonly Turn[]): Figures[] {
  const kinds = Map.groupBy(turns, ({ contender, events }) => `${events} ${contender}`);
  return [...kinds.values()].flatMap((alike) => {
    const [first] = alike;
    if (first === undefined) return [];
    const of = (figure: (turn: Turn) => number, digits = 0) => rounded(median(alike.map(figure)), digits);
    const parts = Object.keys(first.usage);
    const { contender, events } = first;
    return {
      contender,
      events,
      events_per_second: of(rateOf),
      first_rows_seconds: of(({ firstRowsSeconds }) => firstRowsSeconds, 1),
      cpu_us_per_event: Object.fromEntries(parts.map((part) => [part, of((turn) => cpuUs(turn, part), 1)])),
      peak_rss_mb: Object.fromEntries(parts.map((part) => [part, of((turn) => peakMb(turn, part))])),
    };
  });
}
