import { describe, expect, test } from 'vitest';
import { runSchedule, type Scenario } from './world/run.ts';

/** How much of a scenario is run. */
export interface Extent {
  /** So many schedules, seeds 1, 2, 3, … */
  readonly seeds: number;
  /** Schedules that are run again and again, with one death each time, at each of their steps. */
  readonly everyStepOf: readonly number[];
}

const { SIM_SEED: seedToReplay, SIM_STEP: stepToReplay } = process.env;
const REPEATED_SEEDS = 20;
const NOTICED_WITHIN = 500;

/** Tests a scenario's guarantees; with SIM_SEED, and SIM_STEP, only that one schedule. */
export function testGuarantees(scenario: Scenario, { seeds, everyStepOf }: Extent): void {
  if (seedToReplay !== undefined) {
    const atStep = stepToReplay === undefined ? undefined : Number(stepToReplay);
    test(`every guarantee holds in schedule ${seedToReplay}`, async () => {
      await runSchedule(scenario, Number(seedToReplay), { atStep });
    });
    return;
  }

  describe('every guarantee holds', () => {
    test(`under faults and deaths by chance, in ${seeds} schedules`, async () => {
      let crashes = 0;
      for (let seed = 1; seed <= seeds; seed++) crashes += (await runSchedule(scenario, seed)).crashes;
      expect(crashes).toBeGreaterThan(seeds / 2);
    });

    test.each(everyStepOf)('whichever step of schedule %i it dies at', { tags: 'long' }, async (seed) => {
      const { steps } = await runSchedule(scenario, seed, { atStep: Infinity });
      let crashes = 0;
      for (let atStep = 1; atStep <= steps; atStep++) {
        crashes += (await runSchedule(scenario, seed, { atStep })).crashes;
      }
      expect(crashes).toBeGreaterThan(steps / 10);
    });
  });

  test('the same seed is the same run', async () => {
    for (let seed = 1; seed <= REPEATED_SEEDS; seed++) {
      const once = await runSchedule(scenario, seed);
      expect(await runSchedule(scenario, seed)).toEqual(once);
    }
  });
}

/**
 * The first line of what breaks in a scenario within 500 schedules, or so many; undefined when nothing does. What
 * breaks in fewer than one of fifty may go by unseen as soon as any timing changes: have more of its trouble come.
 */
export async function firstFailure(
  scenario: Scenario,
  schedules = NOTICED_WITHIN,
): Promise<string | undefined> {
  for (let seed = 1; seed <= schedules; seed++) {
    const failure = await runSchedule(scenario, seed).then(
      () => undefined,
      (error: unknown) => error,
    );
    if (failure instanceof Error) return failure.message.split('\n')[0];
  }
  return undefined;
}
