import { execFile } from 'node:child_process';
import { cp, readdir, readFile, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { promisify } from 'node:util';
import { type } from 'arktype';
import { describe, expect, test } from 'vitest';
import { baseEnvironment } from '../support/environment.ts';
import { sharedClickHouse, testDir } from '../support/shared.ts';
import exceptions from './clickhouse-js.json' with { type: 'json' };

/**
 * A clone of ClickHouse/clickhouse-js in which `npm ci --ignore-scripts && npm run build` was run; its package does not
 * bring its tests along. Without one, this file is not run (vitest.config.ts).
 */
const CHECKOUT = process.env.CLICKHOUSE_JS_DIR ?? '';
const CONFIG = 'packages/client-node/vitest.config.ts';
const TESTS = ['packages/client-common/__tests__', 'packages/client-node/__tests__'];
const TIMEOUT_MS = 300_000;

const Report = type({
  numPassedTests: 'number',
  testResults: type({
    name: 'string',
    status: 'string',
    assertionResults: type({ title: 'string', status: 'string' }).array(),
  }).array(),
});

describe('the JavaScript client', () => {
  test(
    'passes its own integration tests, but for the exceptions in clickhouse-js.json',
    async () => {
      const report = await runTests(CHECKOUT, new URL(await sharedClickHouse()).port);
      const failed = report.testResults.flatMap(({ name, status, assertionResults }) => {
        const tests = assertionResults.filter((each) => each.status === 'failed').map(({ title }) => title);
        // A file that could not be loaded, or whose preparation failed, has none that did.
        return status === 'failed' && tests.length === 0
          ? [basename(name)]
          : tests.map((title) => `${basename(name)} > ${title}`);
      });
      const excepted = Object.keys(exceptions);
      expect(failed.filter((name) => !excepted.some((each) => name.startsWith(each)))).toEqual([]);
      expect(report.numPassedTests).toBeGreaterThan(250);
    },
    TIMEOUT_MS,
  );
});

/** Runs a copy of the tests, whose port is that of a server on 8123, against ours. */
async function runTests(checkout: string, port: string): Promise<typeof Report.infer> {
  const dir = await testDir('clickhouse-js');
  // Links of its workspaces lead to the copy as well: two copies of one module are two classes of one error.
  await cp(checkout, dir, { recursive: true, verbatimSymlinks: true });
  for (const tests of TESTS) {
    for (const file of await readdir(join(dir, tests), { recursive: true, withFileTypes: true })) {
      if (!file.isFile() || !file.name.endsWith('.ts')) continue;
      const path = join(file.parentPath, file.name);
      await writeFile(path, (await readFile(path, 'utf8')).replaceAll('8123', port));
    }
  }
  const outputFile = join(dir, 'report.json');
  const args = ['--config', CONFIG, '--maxWorkers=2', '--reporter=json', `--outputFile=${outputFile}`];
  await promisify(execFile)(
    process.execPath,
    [join(dir, 'node_modules', 'vitest', 'vitest.mjs'), 'run', ...args],
    {
      cwd: dir,
      env: { ...baseEnvironment(), TEST_MODE: 'integration' },
      timeout: TIMEOUT_MS,
      maxBuffer: Infinity,
    },
  ).catch(() => {
    // That tests failed is in the report.
  });
  return Report.assert(JSON.parse(await readFile(outputFile, 'utf8')));
}
