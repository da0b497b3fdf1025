import { describe, expect, test } from 'vitest';
import { endOfString, endOfValue, skipSpace } from '../../worker/admit/json-text.ts';

describe('a string', () => {
  test.each([
    ['"a" "b"', 3],
    ['"" ', 2],
    [String.raw`"a\"b" "c"`, 6],
    [String.raw`"a\\" "c"`, 5],
    [String.raw`"a\\\"b" "c"`, 8],
    ['"never ends', 11],
    [String.raw`"never ends\"`, 13],
  ])('%s ends before character %i', (json, end) => {
    expect(endOfString(json, 0)).toBe(end);
  });

  test('may start anywhere', () => {
    expect(endOfString('["a","b"]', 5)).toBe(8);
  });
});

describe('a value', () => {
  test.each([
    ['"a,b", 1', 5],
    ['12, 1', 2],
    ['12}', 2],
    ['12]', 2],
    ['true', 4],
    ['{"a": [1, {"b": "}"}]}, 1', 22],
    ['[[], [1], "]"] ]', 14],
    ['{}', 2],
    ['[]}', 2],
    ['{"a": 1', 7],
    ['null:', 4],
  ])('%s ends before character %i', (json, end) => {
    expect(endOfValue(json, 0)).toBe(end);
  });
});

test('white space is what JSON has as such, and nothing else', () => {
  expect(skipSpace(' \t\r\n x', 0)).toBe(5);
  expect(skipSpace('x ', 0)).toBe(0);
  expect(skipSpace('a  b', 1)).toBe(3);
  expect(skipSpace('\u00a0x', 0)).toBe(0);
  expect(skipSpace('  ', 0)).toBe(2);
});
