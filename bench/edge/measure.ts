import type { Parts } from '../parts.ts';
import { usageOf, usedSince } from '../usage.ts';
import { postFor, type Stretch } from './load.ts';
import { countRows, type RowsWritten } from './rows.ts';
import { STAGES, type Stage } from './stages.ts';
import { allPublished, Workers } from './workers.ts';

/** How much is measured. */
export interface Plan {
  readonly rounds: number;
  readonly turnMs: number;
  /** Whether a round is run before, of which nothing is kept. */
  readonly isWarmedUp: boolean;
}

/** What a stage came to in one turn. */
export interface Turn extends Stretch {
  readonly stage: (typeof STAGES)[number]['name'];
  readonly round: number;
  /** Of workerd, until all was published where that can be; microseconds a webhook. */
  readonly cpuUs: number;
  /** After the last answer, until all was published. */
  readonly publishedAfterMs: number;
}

/** Everything that was measured. */
export interface Measured {
  readonly turns: readonly Turn[];
  readonly rows: RowsWritten;
}

/** Takes turns on all stages, round by round, so that ratios hold on a machine whose speed drifts. */
export async function measure(
  { processes, brokers }: Parts,
  plan: Plan,
  show: (what: string, done: number, total: number) => void,
): Promise<Measured> {
  const workers = new Workers(processes, brokers);
  const started = await Promise.all(STAGES.map((stage) => startStage(workers, stage)));
  const turns: Turn[] = [];
  const first = plan.isWarmedUp ? 0 : 1;
  const total = (plan.rounds - first + 1) * started.length;
  for (let round = first; round <= plan.rounds; round++) {
    for (const [index, { takeTurn }] of started.entries()) {
      show('turns', (round - first) * started.length + index, total);
      const turn = await takeTurn(plan.turnMs);
      if (round > 0) turns.push({ ...turn, round });
    }
  }
  show('turns', total, total);
  return { turns, rows: await countRows(workers, plan.turnMs) };
}

async function startStage(workers: Workers, stage: (typeof STAGES)[number]) {
  const worker = await workers.start(stage.worker, stage.settings);
  const takeTurn = async (ms: number): Promise<Omit<Turn, 'round'>> => {
    const before = usageOf(worker.child);
    const stretch = await postFor(worker, ms);
    const endedMs = performance.now();
    if (isPublishing(stage)) await allPublished(worker);
    const { cpuMs } = usedSince(before, usageOf(worker.child));
    const answers = stretch.latenciesMs.length + stretch.failures;
    return {
      ...stretch,
      stage: stage.name,
      cpuUs: (cpuMs * 1_000) / answers,
      publishedAfterMs: performance.now() - endedMs,
    };
  };
  return { takeTurn };
}

function isPublishing({ worker, settings }: Stage): boolean {
  return worker === 'real' && !('KAFKA_BROKERS' in settings);
}
