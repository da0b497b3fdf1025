import { describe, expect, test } from 'vitest';
import {
  change,
  count,
  duration,
  localClock,
  localDay,
  localMonth,
  localTime,
  percent,
  pointsChange,
  wallClock,
} from '../../../consumer/analytics/dashboard/page/numbers.ts';

const HOUR_S = 3_600;

describe('numbers for people', () => {
  test.each([
    [0, '0 s'],
    [59.9, '59 s'],
    [60, '1 min'],
    [HOUR_S - 1, '59 min'],
    [HOUR_S, '1 h 00 min'],
    [3 * HOUR_S + 300, '3 h 05 min'],
    [48 * HOUR_S - 1, '47 h 59 min'],
    [48 * HOUR_S, '2 d 0 h'],
    [100 * HOUR_S + 3_599, '4 d 4 h'],
  ])('%d seconds last %s', (seconds, text) => {
    expect(duration(seconds)).toBe(text);
  });

  test.each([
    [100, 100, 'unchanged'],
    [0, 0, 'unchanged'],
    [112, 100, '+12%'],
    [97, 100, '−3%'],
    [0, 5, '−100%'],
    [999, 100, '+899%'],
    [1_000, 100, '×10'],
    [1_240, 100, '×12'],
    [123_456, 10, '×12,346'],
  ])('%d after %d is %s', (now, before, text) => {
    expect(change(now, before)).toBe(text);
  });

  test.each([
    [1_204, '1,204'],
    [1_204.5, '1,204.5'],
    [0.125, '0.13'],
  ])('%d is counted as %s', (value, text) => {
    expect(count(value)).toBe(text);
  });

  test('a share is per cent, to a tenth', () => {
    expect([0.123, 0.1234, 1, 0].map(percent)).toEqual(['12.3%', '12.3%', '100%', '0%']);
  });

  test('a change that rounds to no tenth of a point is none', () => {
    expect([0, 0.04, -0.04, 0.06, -0.06, 12.34].map(pointsChange)).toEqual([
      'unchanged',
      'unchanged',
      'unchanged',
      '+0.1 pt',
      '−0.1 pt',
      '+12.3 pt',
    ]);
  });
});

describe('times for people', () => {
  test.each(['2026-11-24 14:05:09.000', '2026-11-24T14:05:09+07:00'])(
    '%s is told as it is written',
    (text) => {
      expect([localDay(text), localMonth(text), localTime(text)]).toEqual([
        'Tue 24 Nov',
        'Nov 2026',
        'Tue 24 Nov, 14:05',
      ]);
      expect([localClock(text), localClock(text, true)]).toEqual(['14:05', '14:05:09']);
    },
  );

  test('a day alone is told as it is written, at any end of its month', () => {
    expect(['2026-11-01', '2026-11-30'].map(localDay)).toEqual(['Sun 1 Nov', 'Mon 30 Nov']);
    expect(['2026-11-01', '2026-11-30'].map(localMonth)).toEqual(['Nov 2026', 'Nov 2026']);
  });

  test("an instant is told by a zone's clock, as ClickHouse writes it", () => {
    const ms = Date.UTC(2026, 10, 24, 17, 5, 9);
    expect(wallClock(ms, 'UTC')).toBe('2026-11-24 17:05:09');
    expect(wallClock(ms, 'Asia/Jakarta')).toBe('2026-11-25 00:05:09');
  });
});
