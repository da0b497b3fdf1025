import { defineConfig } from 'vitest/config';
import { OF_MUTATED_PARTS } from '../units.ts';

/** What every mutant of the pure parts is put to. `npm run test:mutation` runs them. */
export default defineConfig({
  test: {
    // A mutant that only the thousandth body of a property would meet is not what these are for.
    env: { PROPERTY_RUNS: '30', PROPERTY_SEED: '1' },
    isolate: false,
    // The loops over deep text take their time with a switch for a mutant at each step.
    testTimeout: 60_000,
    include: OF_MUTATED_PARTS,
  },
});
