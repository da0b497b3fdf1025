import { readFileSync } from 'node:fs';

// A file that could not be loaded has no tests that failed: it counts as one.
const [, , path] = process.argv;
const results = JSON.parse(readFileSync(path, 'utf8'));
const unloaded = results.testResults.filter(({ status, assertionResults }) => {
  return status === 'failed' && !assertionResults.some((test) => test.status === 'failed');
}).length;
console.log(`${results.numPassedTests} passed, ${results.numFailedTests + unloaded} failed`);
