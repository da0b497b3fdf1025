import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Difference, SAME, type Sample, sum } from '../../consumer/books/rebuild/difference.ts';

const ROW = { room_id: '"1"' };
const sample = (event_id: string, before: Sample['before'], after: Sample['after']): Sample => ({
  event_id,
  before,
  after,
});

const someDifference: fc.Arbitrary<Difference> = fc.record({
  added: fc.nat(9),
  removed: fc.nat(9),
  changed: fc.nat(9),
  columns: fc.dictionary(fc.constantFrom('text', 'notes', 'tags'), fc.integer({ min: 1, max: 9 })),
  samples: fc.constant([]),
});

test('the differences of the windows of a table add up, column by column, in whatever order', () => {
  const one = { added: 1, removed: 2, changed: 5, columns: { text: 4, notes: 1 }, samples: [] };
  const other = { added: 10, removed: 20, changed: 50, columns: { text: 40, tags: 10 }, samples: [] };
  const both = {
    added: 11,
    removed: 22,
    changed: 55,
    columns: { text: 44, notes: 1, tags: 10 },
    samples: [],
  };
  expect(sum(one, other)).toEqual(both);
  expect(one.columns).toEqual({ text: 4, notes: 1 });
  fc.assert(
    fc.property(someDifference, someDifference, (first, second) => {
      expect(sum(first, second)).toEqual(sum(second, first));
      expect(sum(SAME, first)).toEqual(first);
      expect(sum(first, SAME)).toEqual(first);
    }),
  );
});

test('of what is added, removed and changed the first three examples each are kept', () => {
  const ids = ['a', 'b', 'c', 'd'];
  const added = ids.map((id) => sample(`added ${id}`, null, ROW));
  const removed = ids.map((id) => sample(`removed ${id}`, ROW, null));
  const changed = ids.map((id) => sample(`changed ${id}`, ROW, ROW));
  const one: Difference = { ...SAME, samples: [...added.slice(0, 2), ...changed, ...removed.slice(0, 1)] };
  const other: Difference = { ...SAME, samples: [...added.slice(2), ...removed.slice(1)] };
  const kept = sum(one, other).samples.map(({ event_id }) => event_id);
  expect(kept.sort()).toEqual(
    ['added', 'changed', 'removed'].flatMap((sort) => ['a', 'b', 'c'].map((id) => `${sort} ${id}`)),
  );
});
