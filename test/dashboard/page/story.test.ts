import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { indented, visible } from '../../../consumer/analytics/dashboard/page/payload.ts';
import { silence, waitEnded, withWorking } from '../../../consumer/analytics/dashboard/page/story-words.ts';

describe('a payload to read', () => {
  test('is the JSON that was sent, whatever is in it, and shows every sign', () => {
    fc.assert(
      fc.property(fc.json({ stringUnit: 'binary' }), (json) => {
        const shown = indented(json);
        expect(JSON.parse(shown)).toEqual(JSON.parse(json));
        expect(shown.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\u200b\u202a-\u202e\u2066-\u2069]/u);
      }),
    );
  });

  test('keeps each number as it was written, and each member on a line of its own', () => {
    const json = '{"id":12345678901234567890,"n":1.0,"e":1e400,"none":[],"list":[{"a":"},:"}]}';
    expect(indented(json)).toBe(
      '{\n  "id": 12345678901234567890,\n  "n": 1.0,\n  "e": 1e400,\n  "none": [],\n  "list": [\n    {\n      "a": "},:"\n    }\n  ]\n}',
    );
    expect(visible('a\u202eb\u0000 👨‍👩‍👧')).toBe('a\\u202eb\\u0000 👨‍👩‍👧');
  });
});

describe('in words', () => {
  test('working hours stand beside all hours where there is room for a difference', () => {
    expect(withWorking(3_599, 0)).toBe('59 min');
    expect(withWorking(54_000, 1_800)).toBe('15 h 00 min (30 min in working hours)');
    expect(withWorking(54_000, 0)).toBe('15 h 00 min (none of it in working hours)');
    expect(withWorking(7_200, 7_201)).toBe('2 h 00 min (2 h 00 min in working hours)');
    expect(withWorking(7_200, null)).toBe('2 h 00 min');
  });

  test('a silence is told from a quarter of an hour on, a wait from a minute on', () => {
    expect(silence({ gap_seconds: 899 })).toBeUndefined();
    expect(silence({ gap_seconds: null })).toBeUndefined();
    expect(silence({ gap_seconds: 900 })).toBe('No one for 15 min');
    expect(waitEnded({ waited: 'team', waited_seconds: 60 })).toBe('The team had waited 1 min');
    expect(waitEnded({ waited: 'customer', waited_seconds: 59 })).toBeUndefined();
    expect(waitEnded({ waited: '', waited_seconds: null })).toBeUndefined();
  });
});
