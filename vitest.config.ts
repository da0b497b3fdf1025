import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';
import { UNITS } from './test/units.ts';

/** Those that take a minute: begun last, they would run alone at the end. */
const LONGEST = [
  'operate/erase',
  'local/start',
  'consumer/redrive',
  'faults/short',
  'simulation/kept',
  'simulation/outbox',
  'consumer/group',
  'consumer/audit-command',
  'operate/silence',
  'dashboard/story',
  'dashboard/page',
  'dashboard/accessible',
];

/** The longest, then the others project by project: a process goes on only where the next file is of its project. */
class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const rank = ({ moduleId, project }: TestSpecification) => {
      if (LONGEST.some((name) => moduleId.endsWith(`/test/${name}.test.ts`))) return 0;
      return 1 + ['services', 'units'].indexOf(project.name);
    };
    return (await super.sort(files)).toSorted((one, other) => rank(one) - rank(other));
  }
}

export default defineConfig({
  test: {
    sequence: { sequencer: LongestFirst },
    maxWorkers: 4,
    tags: [
      {
        name: 'long',
        description: 'Takes more than some seconds: npm run test:long has these, npm test the others.',
      },
    ],
    setupFiles: ['test/support/each-file.ts'],
    projects: [
      {
        extends: true,
        test: {
          name: 'units',
          include: UNITS,
          isolate: false,
          // What a test has put in another's place, the next file in the process does not find.
          restoreMocks: true,
          unstubEnvs: true,
          unstubGlobals: true,
        },
      },
      {
        extends: true,
        test: {
          name: 'services',
          include: ['test/**/*.test.ts'],
          exclude: ['test/bench/**', ...UNITS],
          // One Kafka and one ClickHouse serve all files; each test has topics, tables and ports of its own.
          globalSetup: ['test/support/global-setup.ts'],
        },
      },
    ],
    // For what hangs: how fast something is, no test asserts, and a machine may be half as fast on another day.
    testTimeout: 180_000,
    hookTimeout: 180_000,
  },
});
