import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { isJsonObject, objectOrJsonText, parseJson } from '../../schemas/json.ts';

describe('an integer that a double cannot hold', () => {
  test('is kept as the digits that were sent', () => {
    expect(parseJson('{"id": 9007199254740993}')).toEqual({ id: '9007199254740993' });
    expect(parseJson('[-9007199254740993]')).toEqual(['-9007199254740993']);
    expect(parseJson('[9007199254740993,1]')).toEqual(['9007199254740993', 1]);
    expect(parseJson('[1,9007199254740993]')).toEqual([1, '9007199254740993']);
  });

  test('is one just beyond what a double can hold, and no number that it can', () => {
    expect(parseJson('[9007199254740991, 9007199254740992]')).toEqual([9007199254740991, '9007199254740992']);
    expect(parseJson('[1.5, "9007199254740993", 0.1234567890123456]')).toEqual([
      1.5,
      '9007199254740993',
      0.1234567890123456,
    ]);
  });

  test('is found wherever it stands, and digits in a string stay as they are', () => {
    const space = fc.constantFrom('', ' ', '\n', '\r\n', '\t');
    const long = fc.bigInt({ min: 2n ** 53n + 1n, max: 10n ** 20n });
    const value = fc.letrec<{ value: { text: string; meant: unknown } }>((tie) => ({
      value: fc.oneof(
        { maxDepth: 4 },
        fc.constant({ text: '1', meant: 1 }),
        fc.tuple(fc.constantFrom('', '-'), long).map(([sign, digits]) => {
          return { text: `${sign}${digits}`, meant: `${sign}${digits}` };
        }),
        fc.tuple(fc.constantFrom('', ': ', '-', '["'), long).map(([before, digits]) => {
          return { text: JSON.stringify(`${before}${digits}`), meant: `${before}${digits}` };
        }),
        fc.tuple(tie('value'), tie('value'), space).map(([a, b, gap]) => {
          return { text: `[${gap}${a.text}${gap},${gap}${b.text}]`, meant: [a.meant, b.meant] };
        }),
        fc.tuple(tie('value'), space).map(([a, gap]) => {
          return {
            text: `{"1234567890123456"${gap}:${gap}${a.text}${gap}}`,
            meant: { 1234567890123456: a.meant },
          };
        }),
      ),
    })).value;
    fc.assert(
      fc.property(value, space, ({ text, meant }, gap) => {
        expect(parseJson(`${gap}${text}`)).toEqual(meant);
      }),
    );
  });

  test('is read as a number in text that is nested deeper than a recursive reader goes', () => {
    const depth = 200_000;
    let value: unknown = parseJson(`${'['.repeat(depth)}9007199254740993${']'.repeat(depth)}`);
    while (Array.isArray(value)) value = value[0];
    expect(value).toBe(9007199254740992);
  });
});

test('text that is no JSON is a SyntaxError, with long digits in it too', () => {
  expect(() => parseJson('{"a":')).toThrow(SyntaxError);
  expect(() => parseJson('9007199254740993 {')).toThrow(SyntaxError);
});

test('an object is neither a list nor null nor a scalar', () => {
  expect([{}, { a: 1 }].map(isJsonObject)).toEqual([true, true]);
  expect([[], null, 'a', 1, true, undefined].map(isJsonObject)).toEqual(Array(6).fill(false));
});

test('an object may come as JSON text; anything else reads as an empty one', () => {
  expect(objectOrJsonText({ a: 1 })).toEqual({ a: 1 });
  expect(objectOrJsonText('{"a": 9007199254740993}')).toEqual({ a: '9007199254740993' });
  const others = ['[1]', 'null', '{', '', 7, null, undefined, ['{"a":1}']];
  expect(others.map(objectOrJsonText)).toEqual(Array(others.length).fill({}));
});
