import { Ajv2020 } from 'ajv/dist/2020.js';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { payloadSchema } from '../../operate/contract/json-schema.ts';
import { sampleEvents } from '../../operate/contract/samples.ts';
import { payloadProblems } from '../../schemas/decode.ts';
import type { JsonObject } from '../../schemas/json.ts';
import { FACT_KINDS, type FactKind, KINDS } from '../../schemas/webhooks.ts';

const ajv = new Ajv2020({ strict: true, strictTypes: false, strictRequired: false, allErrors: true });
const validators = new Map(KINDS.map((kind) => [kind, ajv.compile(payloadSchema(kind, 1))]));
const samples = [...(await sampleEvents()).values()];

/** Values that a field may turn out to have; numbers and texts within what JSON Schema can tell as the shapes do. */
const value = fc.oneof(
  fc.constantFrom<unknown>(
    null,
    true,
    false,
    0,
    1,
    -7,
    1.5,
    '',
    'true',
    'post_comment_rest',
    'logout',
    'auth',
  ),
  fc.constantFrom<unknown>({}, [], [1], { id: 1 }, { id: {} }, { type: 'post_comment_mobile' }),
  fc.integer(),
  fc.string({ unit: 'grapheme-ascii', maxLength: 300 }),
);

type Path = readonly (string | number)[];

/** A body with one of its members, at any depth, changed or taken away. */
function changed(body: JsonObject): fc.Arbitrary<JsonObject> {
  const paths = pathsOf(body);
  return fc.tuple(fc.constantFrom(...paths), fc.option(value)).map(([path, instead]) => {
    const copy = structuredClone(body);
    const holder = path.slice(0, -1).reduce<JsonObject>((at, name) => at[name] as JsonObject, copy);
    const last = String(path.at(-1));
    if (instead === null) delete holder[last];
    else holder[last] = instead;
    return copy;
  });
}

function pathsOf(body: object, before: Path = []): Path[] {
  return Object.entries(body).flatMap(([name, each]) => {
    const path = [...before, name];
    return [path, ...(typeof each === 'object' && each !== null ? pathsOf(each, path) : [])];
  });
}

describe('the JSON Schema of', () => {
  test.each(FACT_KINDS)(
    '%s takes what the edge recognizes, and refuses what it does not',
    (kind: FactKind) => {
      const validate = validators.get(kind);
      const bodies = samples.filter((each) => each.kind === kind).map(({ payload }) => JSON.parse(payload));
      expect(bodies.length).toBeGreaterThan(0);
      let refused = 0;
      fc.assert(
        fc.property(
          fc.constantFrom(...bodies).chain((body) => changed(body).chain(changed)),
          (body) => {
            const problems = payloadProblems(kind, body);
            if (problems.length > 0) refused++;
            expect(validate?.(body), `${JSON.stringify(body)}: ${problems}`).toBe(problems.length === 0);
          },
        ),
        { numRuns: 2_000 },
      );
      expect(refused).toBeGreaterThan(5);
    },
  );

  test('every kind takes its samples as they stand on the stream', () => {
    for (const { kind, payload } of samples) expect(validators.get(kind)?.(JSON.parse(payload))).toBe(true);
  });

  test('an id takes integers of any length: the edge reads the long ones as text', () => {
    expect(validators.get('allocation')?.(JSON.parse('{"room_id":12345678901234567891}'))).toBe(true);
  });
});
