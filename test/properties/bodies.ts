import { readdirSync, readFileSync } from 'node:fs';
import fc from 'fast-check';
import { escaped, fromValue, type Json, member } from './json.ts';

export const SECRET_NAMES: ReadonlySet<string> = new Set([
  'authentication_token',
  'sdk_key',
  'qismo_key',
  'direct_login_token',
  'secret_key',
  'totp_token',
  'sdk_email',
  'encryption_key',
]);
/** Stands in every secret's value, so that it can be looked for where it must not be. */
export const SECRET = 'S3CR3T';

/** The vendor's samples, and what was captured in the field. */
export const samples: readonly Json[] = ['../samples/', '../field/'].flatMap((folder) => {
  const url = new URL(folder, import.meta.url);
  return readdirSync(url)
    .sort()
    .map((file) => fromValue(JSON.parse(readFileSync(new URL(file, url), 'utf8'))));
});

const NUMBERS = [
  ...['0', '-0', '-1', '1.0', '1e400', '-1e400', '1E-7', '0.1', '9007199254740993', '18446744073709551616'],
  ...[
    '1700000000',
    '1700000000000',
    '1700000000000000',
    '253402300800',
    '99999999999999999999999999',
    '1e15',
  ],
];
const STRINGS = [
  ...['', '0', '000', 'true', '1', 'null', ' ', '1700000000', '2023-09-20T04:39:59Z', '2024-02-30 25:61:61'],
  ...['9999-12-31T23:59:59Z', '0000-01-01', '1899-12-31', '99999999999999999999', '-5', 'NaN', 'constructor'],
  ...[
    '\u0000',
    'a\u0000b',
    '\ud800',
    '\udc00\ud800',
    '😀',
    '\u2028\u2029',
    '\ufeff',
    '\u202eabc',
    '\\',
    '"',
    "'",
  ],
  ...[
    '{',
    '[1',
    '{"a"}',
    '[]',
    '{}',
    'nan\t\n',
    '/',
    'post_comment_',
    'post_commentx',
    '%00',
    'x'.repeat(300),
  ],
];
const NAMES = [
  '__proto__',
  'constructor',
  'toJSON',
  'toString',
  '',
  '0',
  'length',
  'a b',
  '\ud800',
  '\u0000',
  'é',
];

const spelled = (text: string) => fc.constantFrom(JSON.stringify(text), escaped(text));
const string = fc.oneof(fc.constantFrom(...STRINGS), fc.string({ unit: 'binary', maxLength: 12 }));
const scalar = fc.oneof(
  fc.constantFrom('null', 'true', 'false', ...NUMBERS).map((text): Json => ({ spelled: text })),
  string.chain(spelled).map((text): Json => ({ spelled: text })),
);
const secret = fc
  .tuple(
    fc.constantFrom(...SECRET_NAMES).chain((name) => fc.constantFrom(name, name.toUpperCase())),
    fc.boolean(),
    fc.constantFrom<Json>(
      { spelled: `"${SECRET}"` },
      { items: [{ spelled: `"${SECRET}]"` }] },
      { members: [member(SECRET, { spelled: '"}"' })] },
      { held: { members: [member('a', { spelled: `"${SECRET}"` })] } },
    ),
  )
  .map(([name, isEscaped, value]) => member(name, value, isEscaped ? escaped(name) : undefined));

function nested(json: Json, depth: number): Json {
  let made = json;
  for (let at = 0; at < depth; at++)
    made = at % 2 === 0 ? { items: [made] } : { members: [member('a', made)] };
  return made;
}

/** Any JSON value, secrets included. */
export const anything = fc.letrec<{ json: Json; object: Json }>((tie) => ({
  json: fc.oneof(
    { maxDepth: 3, depthSize: 'small' },
    scalar,
    tie('object'),
    fc.array(tie('json'), { maxLength: 3 }).map((items): Json => ({ items })),
    tie('json').map((held): Json => ({ held })),
    fc.tuple(scalar, fc.integer({ min: 1, max: 300 })).map(([json, depth]) => nested(json, depth)),
  ),
  object: fc
    .array(
      fc.oneof(
        { weight: 1, arbitrary: secret },
        {
          weight: 3,
          arbitrary: fc
            .tuple(fc.oneof(fc.constantFrom(...NAMES), fc.string({ maxLength: 4 })), tie('json'))
            .map(([name, value]) => member(name, value)),
        },
      ),
      { maxLength: 4 },
    )
    .map((members): Json => ({ members })),
}));

/** What can be done to one place in a body. */
type Change = (json: Json) => Json;

const insert = (added: ReturnType<typeof member>, first: boolean): Change => {
  return (json) => {
    if (!('members' in json)) return json;
    return { members: first ? [added, ...json.members] : [...json.members, added] };
  };
};
const change: fc.Arbitrary<Change> = fc.oneof(
  anything.json.map(
    (json): Change =>
      () =>
        json,
  ),
  scalar.map(
    (json): Change =>
      () =>
        json,
  ),
  fc.tuple(secret, fc.boolean()).map(([added, first]) => insert(added, first)),
  fc
    .tuple(fc.constantFrom(...NAMES), anything.json, fc.boolean())
    .map(([name, value, first]) => insert(member(name, value), first)),
  fc.constant<Change>((json) => ({ held: json })),
  // A member less, or one that is there twice with another value.
  fc.nat().map(
    (at): Change =>
      (json) => {
        if (!('members' in json)) return json;
        return { members: json.members.filter((_, index) => index !== at % json.members.length) };
      },
  ),
  fc.tuple(fc.nat(), anything.json).map(
    ([at, value]): Change =>
      (json) => {
        const repeated = 'members' in json ? json.members[at % json.members.length] : undefined;
        return repeated === undefined ? json : insert({ ...repeated, value }, false)(json);
      },
  ),
);

/** How many places there are in a value: itself, and those in it. */
function placesIn(json: Json): number {
  if ('members' in json) return json.members.reduce((sum, { value }) => sum + placesIn(value), 1);
  if ('items' in json) return json.items.reduce((sum: number, item) => sum + placesIn(item), 1);
  return 'held' in json ? 1 + placesIn(json.held) : 1;
}

/** The value with its nth place changed. */
function changeAt(json: Json, place: number, apply: Change): Json {
  if (place === 0) return apply(json);
  let left = place - 1;
  const within = (child: Json): Json => {
    const size = placesIn(child);
    const here = left >= 0 && left < size ? changeAt(child, left, apply) : child;
    left -= size;
    return here;
  };
  if ('members' in json) {
    return { members: json.members.map((each) => ({ ...each, value: within(each.value) })) };
  }
  if ('items' in json) return { items: json.items.map(within) };
  return 'held' in json ? { held: within(json.held) } : json;
}

/** A sample with a few things wrong, added, missing or repeated; an object as a rule. */
export const damagedSample: fc.Arbitrary<Json> = fc
  .tuple(fc.constantFrom(...samples), fc.array(fc.tuple(fc.nat(), change), { maxLength: 4 }))
  .map(([sample, changes]) =>
    changes.reduce((json, [at, apply]) => changeAt(json, at % placesIn(json), apply), sample),
  );

/** A body: a damaged sample, or any object, or now and then no object at all. */
export const body: fc.Arbitrary<Json> = fc.oneof(
  { weight: 8, arbitrary: damagedSample },
  { weight: 2, arbitrary: anything.object },
  { weight: 1, arbitrary: anything.json },
);
