import fc from 'fast-check';
import { expect, test } from 'vitest';
import { erased } from '../../schemas/erase.ts';
import { KINDS } from '../../schemas/webhooks.ts';
import { byName, editPrivate } from '../../worker/admit/private/edit-private.ts';
import { treatmentsByName } from '../../worker/admit/private/rules.ts';
import { LONG_MS, runs } from './runs.ts';

const TREATMENTS = treatmentsByName({ '*': 'drop' });
const NAMES = ['email', 'NAME', 'user_id', 'id', 'from', 'user', 'payload', 'message', 'a', '"', 'é', ''];
const SPACES = ['', ' ', '\n\t'];

type Json = null | boolean | number | string | Json[] | { [name: string]: Json };
const { value: json } = fc.letrec<{ value: Json }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 5 },
    fc.constantFrom<Json>(
      null,
      true,
      0,
      -1.5,
      12,
      '',
      'text',
      'a "b" \\ {',
      '[1',
      '{"email":1}',
      '["x",{"name":2}]',
    ),
    fc.array(tie('value'), { maxLength: 3 }),
    fc.dictionary(fc.constantFrom(...NAMES), tie('value'), { maxKeys: 5 }),
  ),
}));

/** The same by parsing: what the walk over the text must come to. */
function dropped(value: Json, parent = ''): Json {
  if (Array.isArray(value)) return value.map((one) => dropped(one, parent));
  if (typeof value === 'string') return droppedInText(value, parent);
  if (typeof value !== 'object' || value === null) return value;
  const members = Object.entries(value).flatMap(([name, one]): [string, Json][] => {
    const small = name.toLowerCase();
    const treatment = TREATMENTS.get(small) ?? TREATMENTS.get(`${parent}.${small}`);
    if (treatment === undefined) return [[name, dropped(one, small)]];
    return treatment.isAgentId ? [[name, 0]] : [];
  });
  return Object.fromEntries(members);
}

function droppedInText(text: string, parent: string): Json {
  if (!/^\s*[[{"]/.test(text)) return text;
  try {
    const held = JSON.parse(text) as Json;
    const left = dropped(held, parent);
    return JSON.stringify(left) === JSON.stringify(held) ? text : JSON.stringify(left);
  } catch {
    return text;
  }
}

test(
  'dropping by name in the text comes to the same as in the parsed body, however it is spaced',
  () => {
    const means = { pseudonymize: (value: string) => value, instead: 'drop' } as const;
    const property = fc.property(json, fc.constantFrom(...SPACES), (body, space) => {
      const text = JSON.stringify({ body }, null, space);
      const edited = editPrivate(text, byName(TREATMENTS), means);
      expect(JSON.parse(edited)).toEqual(dropped({ body }));
    });
    fc.assert(property, runs(3_000));
  },
  LONG_MS,
);

test(
  'of whatever body, what is left of an erased event is left of itself, and has none of the ids as a value',
  () => {
    const id = 'eva@customers.example';
    const bodies = fc.dictionary(fc.constantFrom(...NAMES), fc.oneof(json, fc.constant<Json>(id)), {
      maxKeys: 5,
    });
    const property = fc.property(bodies, fc.constantFrom(...KINDS), fc.boolean(), (body, kind, isTheirs) => {
      const person = { ids: new Set([id]) };
      const payload = JSON.stringify(body);
      const left = erased({ kind, payload, isTheirs }, person);
      if (left === undefined) {
        expect(payload).not.toContain(id);
        return;
      }
      expect(erased({ kind, payload: left.payload, isTheirs: left.isTheirs }, person)).toBeUndefined();
      expect(left.payload).not.toContain(id);
      expect(left.payload.startsWith('{"erased":true')).toBe(true);
    });
    fc.assert(property, runs(3_000));
  },
  LONG_MS,
);
