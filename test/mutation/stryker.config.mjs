/**
 * `npm run test:mutation`: changes the pure parts one small step at a time; each change must make a test fail that
 * needs no server. What survives is listed in the report, to be tested or to be named as equal.
 * @type {import('@stryker-mutator/api/core').PartialStrykerOptions}
 */
export default {
  testRunner: 'vitest',
  vitest: { configFile: 'test/mutation/vitest.config.ts', related: false },
  plugins: ['@stryker-mutator/vitest-runner'],
  mutate: [
    'schemas/*.ts',
    '!schemas/{kafkajs-network.d,index}.ts',
    'worker/admit/*.ts',
    'worker/outbox/{client,group,room,store,status}.ts',
    'worker/outbox/layout/{known-layouts,layout,record}.ts',
    'worker/status.ts',
    'worker/config.ts',
    'worker/refused/tally.ts',
    'worker/publish/{backoff,faults,publisher}.ts',
    'schemas/group/{backoff,send-faults}.ts',
    'consumer/normalize/*.ts',
    'consumer/persist/{breaker,faults}.ts',
    'consumer/settle/{accumulator,dead-letter,held-partitions,lots,settle}.ts',
    'consumer/books/audit/{flight,judge,line,ranges,set-aside}.ts',
    'consumer/books/rebuild/difference.ts',
    'consumer/analytics/dashboard/page/{buckets,columns,numbers,people,values,view}.ts',
  ],
  // Stryker would rewrite the paths in tsconfig.json by an API that TypeScript 7 no longer has; nothing here reads it.
  tsconfigFile: 'none',
  coverageAnalysis: 'perTest',
  concurrency: 2,
  reporters: ['clear-text', 'progress-append-only'],
  clearTextReporter: { allowColor: false, reportTests: false, reportScoreTable: true },
  thresholds: { high: 95, low: 90, break: 90 },
  // Servers' data and other languages' clients: links in it cannot be copied, and no mutant needs them.
  ignorePatterns: ['.local'],
  tempDirName: '.local/stryker',
  cleanTempDir: 'always',
};
