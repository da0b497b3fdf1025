import fc from 'fast-check';
import { expect, test } from 'vitest';
import { inChunks } from '../../consumer/persist/in-chunks.ts';

const LARGE = 8 * 1024;

const pieces = fc
  .array(fc.oneof(fc.nat(300), fc.nat(3 * LARGE)), { maxLength: 60 })
  .map((lengths) => lengths.map((length, index) => Buffer.alloc(length, index)));

test('the chunks of a request are the bytes that were given, and few, however small the pieces are', () => {
  fc.assert(
    fc.property(pieces, (given) => {
      const chunks = [...inChunks(given)];
      const whole = Buffer.concat(given);
      expect(Buffer.concat(chunks).equals(whole)).toBe(true);
      expect(chunks.length).toBeLessThanOrEqual(2 * (whole.length / LARGE) + 2);
    }),
  );
  const small = Array.from({ length: 200 }, () => Buffer.alloc(200, 1));
  expect([...inChunks(small)]).toHaveLength(1);
});

test('a piece that is large is not copied', () => {
  const [small, large] = [Buffer.alloc(10), Buffer.alloc(LARGE)];
  expect([...inChunks([large, small, large])].filter((chunk) => chunk === large)).toHaveLength(2);
});
