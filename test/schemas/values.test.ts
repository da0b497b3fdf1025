import { describe, expect, test } from 'vitest';
import {
  firstText,
  firstUint64,
  flag,
  idText,
  instant,
  isDistinctiveTime,
  isNoId,
  isPlausible,
  member,
  text,
  uint64,
} from '../../schemas/values.ts';

describe('text', () => {
  test.each([
    ['text', 'text'],
    [7, '7'],
    [-0.5, '-0.5'],
    [true, 'true'],
    [false, 'false'],
    ['', ''],
    [null, ''],
    [undefined, ''],
    [{ a: 1 }, ''],
    [['a'], ''],
    ['half a pair \ud83d', 'half a pair \ufffd'],
  ])('of %j is %j', (value, expected) => {
    expect(text(value)).toBe(expected);
  });

  test('is the first that there is, and empty where there is none', () => {
    expect(firstText(undefined, '', null, 0, 'later')).toBe('0');
    expect(firstText(undefined, {})).toBe('');
    expect(firstText()).toBe('');
  });
});

describe('an unsigned id', () => {
  test.each([
    [12, '12'],
    ['12', '12'],
    [' 12 ', '12'],
    ['0012', '12'],
    ['18446744073709551615', '18446744073709551615'],
    ['18446744073709551616', '0'],
    ['99999999999999999999', '0'],
    ['000000000000000000012', '0'],
    ['', '0'],
    ['-1', '0'],
    [-1, '0'],
    [1.5, '0'],
    ['12a', '0'],
    ['a12', '0'],
    [1e21, '0'],
    [null, '0'],
    [{}, '0'],
  ])('of %j is %j', (value, expected) => {
    expect(uint64(value)).toBe(expected);
  });

  test('is the first other than 0, and 0 where there is none', () => {
    expect(firstUint64('0', null, 'x', '7', '8')).toBe('7');
    expect(firstUint64('0', undefined)).toBe('0');
    expect(firstUint64()).toBe('0');
  });

  const NIL = '00000000-0000-0000-0000-000000000000';
  test.each([0, '0', '000', '', ' ', ' 0 ', 'null', 'undefined', 'NaN', NIL, null, undefined, {}])(
    '%j means none',
    (value) => {
      expect(isNoId(value)).toBe(true);
      expect(idText(value)).toBe('');
    },
  );

  test.each([1, '1', '10', '01', 'a0', '0a', ' 1', 'nulls', 'no null', NIL.replace('-', ''), `${NIL}0`, -1])(
    '%j means one',
    (value) => {
      expect(isNoId(value)).toBe(false);
      expect(idText(value)).toBe(String(value));
    },
  );
});

test('a flag is true as true, 1 or their text, and false as anything else', () => {
  expect([true, 1, '1', 'true', 'TRUE', 'True'].map(flag)).toEqual(Array(6).fill(true));
  const others = [false, 0, 2, '0', '', 'false', 'yes', 'truely', null, undefined, {}, [true]];
  expect(others.map(flag)).toEqual(Array(others.length).fill(false));
});

test("a member is an object's own, and nothing of anything else", () => {
  expect(member({ a: 1 }, 'a')).toBe(1);
  expect(member({}, 'toString')).toBeUndefined();
  expect(member(null, 'a')).toBeUndefined();
  expect(member(['x'], '0')).toBeUndefined();
  expect(member('text', 'length')).toBeUndefined();
});

describe('an instant', () => {
  const at = Date.UTC(2022, 10, 21, 4, 14, 40);

  test.each([
    [1669004080],
    ['1669004080'],
    [' 1669004080 '],
    [1669004080000],
    ['1669004080000'],
    [1669004080000000],
    [1669004080000000000],
    ['1669004080000000000'],
    ['2022-11-21T04:14:40Z'],
    ['2022-11-21T04:14:40z'],
    ['2022-11-21t04:14:40.000Z'],
    ['2022-11-21T04:14:40'],
    ['2022-11-21 04:14:40'],
    ['2022-11-21 04:14:40 Z'],
    ['  2022-11-21 04:14:40  '],
    ['2022-11-21T11:14:40+07:00'],
    ['2022-11-21T11:14:40+0700'],
    ['2022-11-21T11:14:40+07'],
    ['2022-11-21T00:44:40-03:30'],
  ])('is read from %j', (value) => {
    expect(instant(value)).toBe(at);
  });

  test('keeps fractions of a second, to the millisecond', () => {
    expect(instant(1669004080.25)).toBe(at + 250);
    expect(instant('2022-11-21T04:14:40.123456Z')).toBe(at + 123);
    expect(instant(1669004080123456)).toBe(at + 123);
  });

  test('of a day without a clock is its midnight, UTC', () => {
    expect(instant('2022-11-21')).toBe(Date.UTC(2022, 10, 21));
    expect(instant('2022-11-21 04:14')).toBe(Date.UTC(2022, 10, 21, 4, 14));
  });

  test('is told apart by its size: seconds, milli-, micro- and nanoseconds, each from its own limit on', () => {
    expect(instant(99_999_999_999)).toBe(99_999_999_999_000);
    expect(instant(100_000_000_000)).toBe(100_000_000_000);
    expect(instant(99_999_999_999_999)).toBe(99_999_999_999_999);
    expect(instant(100_000_000_000_000)).toBe(100_000_000_000);
    expect(instant(99_999_999_999_999_000)).toBe(99_999_999_999_999);
    expect(instant(100_000_000_000_000_000)).toBe(100_000_000_000);
    expect(instant(1)).toBe(1_000);
  });

  test.each([
    0,
    -1,
    Number.NaN,
    Number.POSITIVE_INFINITY,
    '',
    'yesterday',
    '0',
    '12345678',
    '12345678901234567890',
    '1669004080 or so',
    'on 1669004080',
    '2022-13-01T00:00:00Z',
    '2022-11-21T25:00:00Z',
    'on 2022-11-21',
    '2022-11-21 soon',
    null,
    undefined,
    true,
    {},
  ])('is not read from %j', (value) => {
    expect(instant(value)).toBeUndefined();
  });
});

describe('a time is plausible', () => {
  const receivedMs = Date.UTC(2026, 10, 26, 12);
  const dayMs = 24 * 3_600_000;

  test('from 2010 on', () => {
    expect(isPlausible(Date.UTC(2010, 0, 1), receivedMs)).toBe(true);
    expect(isPlausible(Date.UTC(2010, 0, 1) - 1, receivedMs)).toBe(false);
  });

  test('until one day after the receipt', () => {
    expect(isPlausible(receivedMs + dayMs, receivedMs)).toBe(true);
    expect(isPlausible(receivedMs + dayMs + 1, receivedMs)).toBe(false);
  });
});

describe('a time tells two events apart', () => {
  test.each([1_669_004_080, '1669004080', '2010-01-01', '2099-12-31T23:59:59.999Z'])('%j', (value) => {
    expect(isDistinctiveTime(value)).toBe(true);
  });

  test.each([
    0,
    '0',
    '',
    null,
    undefined,
    1,
    'N/A',
    '2009-12-31T23:59:59.999Z',
    '2100-01-01',
    '0001-01-01T00:00:00Z',
  ])('and %j does not', (value) => {
    expect(isDistinctiveTime(value)).toBe(false);
  });
});
