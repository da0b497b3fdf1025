import fc from 'fast-check';
import { expect, test } from 'vitest';
import { fixedTime } from '../../schemas/fixed-time.ts';

const DAYS = ['2026-03-04', '2026-03-05', '2024-02-29', '1999-12-31', '9999-12-31'];
const expected = new Map<string, number>([
  ...DAYS.map((day) => [`${day} 05:06:07.890`, Date.parse(`${day}T05:06:07.890Z`)] as const),
  ['2026-02-30 05:06:07.890', Number.NaN],
  ['2026-13-01 05:06:07.890', Number.NaN],
  // No callers give these: what they cost must be theirs alone.
  ['', Number.NaN],
  ['2026', Number.NaN],
  ['2026-03-0', Number.NaN],
]);

test('what a time is does not depend on those that were read before, whatever they were', () => {
  fc.assert(
    fc.property(fc.array(fc.constantFrom(...expected.keys())), (texts) => {
      expect(texts.map(fixedTime)).toEqual(texts.map((text) => expected.get(text)));
    }),
  );
});
