import { defineConfig } from 'vitest/config';

/** Whether the benchmarks work, in their quick form: each starts all that it compares, by itself. */
export default defineConfig({
  test: {
    include: ['test/bench/**/*.test.ts'],
    fileParallelism: false,
    setupFiles: ['test/support/each-file.ts'],
    testTimeout: 180_000,
  },
});
