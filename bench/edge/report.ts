import { textTable } from '../../consumer/cli/table.ts';
import type { Machine } from '../machine.ts';
import { median, quantile, rounded } from '../statistics.ts';
import { CONNECTIONS } from './load.ts';
import type { Measured, Plan, Turn } from './measure.ts';
import { STAGES } from './stages.ts';

type Name = Turn['stage'];

/** What was measured, as `--json` prints it: medians over the rounds, and medians of the ratios within each. */
export function resultOf({ rounds, turnMs }: Plan, { turns, rows }: Measured, machine: Machine) {
  const of = (name: Name) => turns.filter(({ stage }) => stage === name);
  const within = (share: number) => (turn: Turn) => quantile(turn.latenciesMs, share);
  const ratio = (name: Name, to: Name, value: (turn: Turn) => number, digits = 3) => {
    const others = of(to);
    const ratios = of(name).map((turn, round) => {
      const other = others[round];
      return other === undefined ? Number.NaN : value(turn) / value(other);
    });
    return rounded(median(ratios), digits);
  };
  const rate = ({ perSecond }: Turn) => perSecond;
  const middle = (name: Name, value: (turn: Turn) => number, digits = 0) =>
    rounded(median(of(name).map(value)), digits);
  return {
    machine,
    rounds,
    seconds: turnMs / 1_000,
    connections: CONNECTIONS,
    ratio_to_call: ratio('published', 'call', rate),
    ratio_unpublished_to_call: ratio('unpublished', 'call', rate),
    ratio_to_empty: ratio('published', 'empty', rate),
    ratio_to_admission: ratio('published', 'admission', rate),
    ratio_one_outbox: ratio('one-outbox', 'published', rate),
    ratio_to_kafkajs: ratio('published', 'kafkajs', rate, 1),
    ratio_call_by_fetch: ratio('call-by-fetch', 'call', rate),
    p99_to_call: ratio('published', 'call', within(0.99), 2),
    rows_written_per_event: rounded(rows.atFullRate, 2),
    rows_written_per_lone_event: rounded(rows.alone, 2),
    stages: STAGES.map(({ name }) => ({
      stage: name,
      per_second: middle(name, rate),
      p50_ms: middle(name, within(0.5), 1),
      p99_ms: middle(name, within(0.99), 1),
      cpu_us_per_event: middle(name, ({ cpuUs }) => cpuUs),
      published_after_ms: middle(name, ({ publishedAfterMs }) => publishedAfterMs),
      failures: of(name).reduce((sum, { failures }) => sum + failures, 0),
    })),
  };
}

/** The same as a table, for people. */
export function inText(result: ReturnType<typeof resultOf>): string {
  const heads = ['stage', 'a second', 'p50 ms', 'p99 ms', 'CPU µs', 'published after ms', 'failures', ''];
  const rows = result.stages.map((stage, index) => [
    ...Object.values(stage).map((value) => String(value ?? '')),
    STAGES[index]?.what ?? '',
  ]);
  const table = textTable({ heads, rows, right: (column) => column > 0 && column < heads.length - 1 });
  return `${table}
Of a call that stores nothing, ours does ${result.ratio_to_call} while it publishes, and ${result.ratio_unpublished_to_call} while Kafka cannot be reached.
Of a Worker that does nothing ${result.ratio_to_empty}; of kafkajs within the request ${result.ratio_to_kafkajs}; its p99 is ${result.p99_to_call} times the call's.
A call made by fetch does ${result.ratio_call_by_fetch} of the same by RPC.
One outbox alone does ${result.ratio_one_outbox} of four.
Rows written for an event: ${result.rows_written_per_event} at full rate, ${result.rows_written_per_lone_event} where it comes alone.
`;
}
