import { existsSync, readFileSync } from 'node:fs';

// A file that could not be loaded has no tests that failed: it counts as one. So does a run that left no results.
let passed = 0;
let failed = 0;
for (const path of process.argv.slice(2)) {
  const results = existsSync(path) ? JSON.parse(readFileSync(path, 'utf8')) : undefined;
  const unloaded = results?.testResults.filter(({ status, assertionResults }) => {
    return status === 'failed' && !assertionResults.some((test) => test.status === 'failed');
  });
  passed += results?.numPassedTests ?? 0;
  failed += results === undefined ? 1 : results.numFailedTests + unloaded.length;
}
console.log(`${passed} passed, ${failed} failed`);
