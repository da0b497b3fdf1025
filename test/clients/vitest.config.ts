import { defineConfig } from 'vitest/config';

/** Clients that nobody here wrote, with their defaults. `npm run test:clients` runs them. */
export default defineConfig({
  test: {
    maxWorkers: 4,
    setupFiles: ['test/support/each-file.ts'],
    testTimeout: 60_000,
    hookTimeout: 120_000,
    include: ['test/clients/*.clients.ts'],
    exclude: process.env.CLICKHOUSE_JS_DIR === undefined ? ['test/clients/clickhouse-js.clients.ts'] : [],
    // The first run installs Python's packages.
    globalSetup: ['test/clients/set-up-python.ts', 'test/support/global-setup.ts'],
  },
});
