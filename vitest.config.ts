import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    globalSetup: ['test/support/global-setup.ts'],
    // One Kafka and one ClickHouse serve all files; each test has topics, tables and ports of its own.
    maxWorkers: 2,
    // The dashboard's TypeScript is stripped by a function that Node calls experimental.
    execArgv: ['--disable-warning=ExperimentalWarning'],
    testTimeout: 60_000,
    hookTimeout: 120_000,
  },
});
