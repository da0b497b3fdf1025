import { defineConfig } from 'vitest/config';
import base from '../../vitest.config.ts';

/** Clients that nobody here wrote, with their defaults. `npm run test:clients` runs them. */
export default defineConfig({
  test: {
    ...base.test,
    include: ['test/clients/*.clients.ts'],
    exclude: process.env.CLICKHOUSE_JS_DIR === undefined ? ['test/clients/clickhouse-js.clients.ts'] : [],
    // The first run installs Python's packages.
    globalSetup: ['test/clients/set-up-python.ts', 'test/support/global-setup.ts'],
  },
});
