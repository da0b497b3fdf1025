import { defineConfig } from 'vitest/config';

/** The tests that need no server: what every mutant of the pure parts is put to. `npm run test:mutation` runs them. */
export default defineConfig({
  test: {
    // A mutant that only the thousandth body of a property would meet is not what these are for.
    env: { PROPERTY_RUNS: '30', PROPERTY_SEED: '1' },
    isolate: false,
    // The loops over deep text take their time with a switch for a mutant at each step.
    testTimeout: 60_000,
    include: [
      'test/schemas/*.test.ts',
      'test/worker/{admission,admit,backoff,field,json-text,keeper,layouts,marks,outbox-list,outbox-status}.test.ts',
      'test/worker/{publisher,recognize,redact,room,settings,store,tally}.test.ts',
      'test/consumer/{accumulator,audit-rules,breaker,dead-letter,difference,event-headers,faults,flight}.test.ts',
      'test/consumer/{held-partitions,insert-table,judge,normalize,settings,settle,small-parts}.test.ts',
      'test/dashboard/page/*.test.ts',
      'test/properties/{admission,identity}.test.ts',
    ],
  },
});
