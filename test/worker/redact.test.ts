import { readdirSync, readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createRedactor } from '../../worker/admit/redact.ts';

const SECRET_KEYS = ['sdk_key', 'totp_token', 'authentication_token'];
const redact = createRedactor(SECRET_KEYS);
const SAMPLES = new URL('../samples/', import.meta.url);

describe('what is no secret stays as it was sent', () => {
  test('text without secrets is the same text, spacing, long numbers and repeated keys included', () => {
    const json = '{ "a" : 12345678901234567890 ,"a":1.0,\n"b":"\\u00e9 sdk_key", "c":[ ] }';
    expect(redact(json)).toBe(json);
  });

  test('a string that holds JSON without secrets keeps its spelling', () => {
    const json = '{"e":"[\\"\\u00e9 sdk_key\\"]"}';
    expect(redact(json)).toBe(json);
  });

  test.each(['{"sdk_key":1', 'see {"sdk_key":1}', 'sdk_key'])('text that is no JSON: %s', (text) => {
    const json = JSON.stringify({ e: text });
    expect(redact(json)).toBe(json);
  });

  test('what stands around a removed member is not touched', () => {
    expect(redact('{ "a" : 1.0, "sdk_key": {"x":["}"]} , "b": "\\u0041" }')).toBe(
      '{ "a" : 1.0, "b": "\\u0041" }',
    );
  });
});

describe('a secret goes, wherever it stands', () => {
  test.each([
    ['first', '{"sdk_key":1,"a":2}', '{"a":2}'],
    ['last', '{"a":2,"sdk_key":1}', '{"a":2}'],
    ['alone', '{"sdk_key":1}', '{}'],
    ['several at the end', '{"a":2,"sdk_key":1,"totp_token":"x" }', '{"a":2 }'],
    ['in a list', '[{"sdk_key":null},{"a":[{"sdk_key":[1,2]}]}]', '[{},{"a":[{}]}]'],
    ['inside a secret', '{"sdk_key":{"sdk_key":1},"a":1}', '{"a":1}'],
    ['with an escaped key', '{"\\u0073dk_key":1,"a":1}', '{"a":1}'],
    ['with a key in capitals', '{"SDK_Key":1,"a":1}', '{"a":1}'],
    [
      'in JSON held in a string',
      '{"extras":"{\\"sdk_key\\":\\"s\\",\\"a\\":1}"}',
      '{"extras":"{\\"a\\":1}"}',
    ],
    ['in a string held in a string', '{"e":"\\"{\\\\\\"sdk_key\\\\\\":1}\\""}', '{"e":"\\"{}\\""}'],
    ['two strings deep', '{"e":"{\\"i\\":\\"{\\\\\\"sdk_key\\\\\\":1}\\"}"}', '{"e":"{\\"i\\":\\"{}\\"}"}'],
    ['in JSON after a blank', '{"e":" {\\"sdk_key\\":1}"}', '{"e":" {}"}'],
  ])('%s', (_, json, redacted) => {
    expect(redact(json)).toBe(redacted);
  });

  test.each(['e-mail', 'a.b', 'a+b', '(x', 'x|y', 'a b'])('under a key with signs in it: %s', (key) => {
    const json = JSON.stringify({ [key]: 1, other: 'axb', a: { [key.toUpperCase()]: 2 } });
    expect(createRedactor([key])(json)).toBe('{"other":"axb","a":{}}');
  });

  test("every secret of the vendor's samples", () => {
    const all = createRedactor([
      'authentication_token',
      'sdk_key',
      'qismo_key',
      'direct_login_token',
      'sdk_email',
    ]);
    for (const file of readdirSync(SAMPLES)) {
      const redacted = all(readFileSync(new URL(file, SAMPLES), 'utf8'));
      expect(() => JSON.parse(redacted)).not.toThrow();
      expect(redacted).not.toMatch(/authentication_token|sdk_key|qismo_key|direct_login_token|sdk_email/);
    }
  });

  test('from any JSON, and nothing else goes', () => {
    const key = fc.oneof(fc.constantFrom(...SECRET_KEYS), fc.string());
    const tree = fc.letrec<{ value: unknown }>((tie) => ({
      value: fc.oneof(
        { maxDepth: 4 },
        fc.jsonValue({ maxDepth: 0 }),
        fc.array(tie('value'), { maxLength: 4 }),
        fc.array(fc.tuple(key, tie('value')), { maxLength: 4 }).map((members) => Object.fromEntries(members)),
        fc
          .array(fc.tuple(key, tie('value')), { maxLength: 4 })
          .map((members) => JSON.stringify(Object.fromEntries(members))),
      ),
    })).value;
    fc.assert(
      fc.property(tree, fc.constantFrom(0, 2), (value, indent) => {
        const json = JSON.stringify(value, null, indent);
        expect(JSON.parse(redact(json))).toEqual(withoutSecrets(JSON.parse(json)));
      }),
      { numRuns: 2_000 },
    );
  });
});

test('text nested as deep as a body can be is walked, not recursed into', () => {
  const deep = `${'['.repeat(400_000)}${']'.repeat(400_000)}`;
  expect(redact(`{"a":1,"sdk_key":${deep}}`)).toBe('{"a":1}');
  expect(redact(`{"sdk_key":1,"a":${deep}}`)).toBe(`{"a":${deep}}`);
});

/** The same on parsed values, the slow and obvious way. */
function withoutSecrets(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutSecrets);
  if (typeof value === 'object' && value !== null) {
    const kept = Object.entries(value).filter(([key]) => !SECRET_KEYS.includes(key.toLowerCase()));
    return Object.fromEntries(kept.map(([key, member]) => [key, withoutSecrets(member)]));
  }
  return typeof value === 'string' ? withoutSecretsInside(value) : value;
}

function withoutSecretsInside(text: string): string {
  if (!/^\s*[[{]/.test(text)) return text;
  try {
    const held: unknown = JSON.parse(text);
    const redacted = withoutSecrets(held);
    return JSON.stringify(redacted) === JSON.stringify(held) ? text : JSON.stringify(redacted);
  } catch {
    return text;
  }
}
