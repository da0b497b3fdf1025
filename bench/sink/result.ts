import type { Machine } from '../machine.ts';
import { median, rounded } from '../statistics.ts';
import { cpuUs, type Figures, figuresOf, peakMb, rateOf } from './figures.ts';
import { engine, tunedEngine } from './kafka-engine/contender.ts';
import { GROWING, type Plan, type Turns } from './measure.ts';
import { ours, oursRowsAlone } from './ours.ts';
import { RAW_INSERT } from './raw-insert/contender.ts';
import type { Turn } from './turn.ts';
import { usualLoop } from './usual-loop/contender.ts';

/** What `--json` writes. */
export interface Result {
  readonly events: number;
  readonly rounds: number;
  /** How many times the events a second of another are ours, in one round; the median of the rounds. */
  readonly ratio_to_kafka_engine: number | null;
  readonly ratio_to_kafka_engine_tuned: number | null;
  readonly ratio_to_usual_loop: number | null;
  readonly ratio_to_raw_insert: number | null;
  /** To ours where nothing is kept beside the rows; the others keep nothing either. */
  readonly ratio_to_rows_alone: number | null;
  /** Of our consumer, in any of its turns. */
  readonly peak_rss_mb: number | null;
  readonly peak_rss_hanging_mb: number | null;
  readonly hang_seconds: number;
  /** Of our consumer and its ClickHouse together. */
  readonly cpu_us_per_event: number | null;
  readonly contenders: readonly Figures[];
  /** Ours and the Kafka engine, by how many events wait. */
  readonly growth: readonly Figures[];
  readonly machine: Machine;
}

/** The figures of all turns. */
export function resultOf(plan: Plan, { rounds, growth, hanging }: Turns, machine: Machine): Result {
  const inRounds = rounds.flat();
  const others = hanging === undefined ? growth : [...growth, hanging];
  const peaks = [...inRounds, ...others].filter(isOurs).map((turn) => peakMb(turn, 'consumer'));
  const cpu = inRounds.filter(isOurs).map((turn) => cpuUs(turn, 'consumer') + cpuUs(turn, 'clickhouse'));
  const names = GROWING.map(({ name }) => name);
  const sizes = [...growth, ...inRounds.filter(({ contender }) => names.includes(contender))];
  return {
    events: plan.events,
    rounds: plan.rounds,
    ratio_to_kafka_engine: ratioTo(engine.name, rounds),
    ratio_to_kafka_engine_tuned: ratioTo(tunedEngine.name, rounds),
    ratio_to_usual_loop: ratioTo(usualLoop.name, rounds),
    ratio_to_raw_insert: ratioTo(RAW_INSERT, rounds),
    ratio_to_rows_alone: ratioTo(oursRowsAlone.name, rounds),
    peak_rss_mb: rounded(Math.max(...peaks)),
    peak_rss_hanging_mb: hanging === undefined ? null : rounded(peakMb(hanging, 'consumer')),
    hang_seconds: plan.hangMs / 1_000,
    cpu_us_per_event: rounded(median(cpu), 1),
    contenders: figuresOf(inRounds),
    growth: figuresOf(sizes).toSorted((a, b) => a.events - b.events),
    machine,
  };
}

const isOurs = ({ contender }: Turn) => contender === ours.name;

function ratioTo(name: string, rounds: Turns['rounds']): number | null {
  const ratios = rounds.map((round) => {
    const other = round.find(({ contender }) => contender === name);
    const own = round.find(isOurs);
    return own === undefined || other === undefined ? Number.NaN : rateOf(own) / rateOf(other);
  });
  return rounded(median(ratios), 2);
}
