import fc from 'fast-check';
import { beforeAll, expect, test } from 'vitest';
import { type Database, freshDatabase } from '../support/clickhouse.ts';
import { deliver, history, outcomes, own } from './histories.ts';

const RUNS = 12;

let database: Database;
beforeAll(async () => {
  database = await freshDatabase();
});

test('whatever happened in the rooms, in whatever order it came, the views say what looking through it says', async () => {
  await fc.assert(
    fc.asyncProperty(history, fc.integer({ min: 10, max: 30 }), fc.nat(20), async (steps, lotSize, again) => {
      const { run, told } = own(steps);
      await deliver(database, told, { lotSize, again });
      const { said, right } = await outcomes(database, run, told);
      expect(said).toEqual(right);
    }),
    { numRuns: RUNS },
  );
});
