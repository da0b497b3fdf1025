import {
  classesOf,
  type FieldClass,
  type FieldNode,
  fieldTree,
  type PersonalClass,
  stepsOf,
} from '../../../schemas/personal.ts';
import { type FactKind, WEBHOOKS } from '../../../schemas/webhooks.ts';

/** What is done with a value: it stays, it goes, or another one that tells nothing stands in its place. */
export const ACTIONS = ['keep', 'drop', 'pseudonymize'] as const;
export type Action = (typeof ACTIONS)[number];

/** An app's rules: by class, by `*` for all classes that have none, or by a path such as `$.payload.from.email`. */
export type AppRules = Readonly<Record<string, Action>>;

/** What is to be done with a field, and whether it holds an id that must be there. */
export interface Treatment {
  readonly action: Action;
  readonly isAgentId: boolean;
}

export const PATH_START = '$.';

/** The treatment of each field of a kind's bodies, by its path. */
export function treatmentsOf(rules: AppRules): ReadonlyMap<FactKind, FieldNode<Treatment>> {
  return new Map(WEBHOOKS.map(({ kind, fields }) => [kind, fieldTree(treatments(fields, rules))]));
}

/**
 * The treatment of fields in bodies that nobody recognizes, by name: `name`, in small letters, or `parent.name` where
 * the name alone would mean too much. Of several that a name can mean, the strictest.
 */
export function treatmentsByName(rules: AppRules): ReadonlyMap<string, Treatment> {
  const named = new Map<string, Treatment>();
  for (const { fields } of WEBHOOKS) {
    for (const [path, treatment] of treatments(fields, rules)) {
      const isKnownToBePlain = fields[path] === 'plain' && !(`${PATH_START}${path}` in rules);
      if (isKnownToBePlain) continue;
      const name = nameOf(path);
      named.set(name, stricter(treatment, named.get(name)));
    }
  }
  for (const name of [...named.keys()]) if (named.get(name)?.action === 'keep') named.delete(name);
  return named;
}

/** Names that stand for many things; with the name around them, for one. */
const VAGUE = new Set(['id', 'id_str', 'value', 'payload', 'extras']);

/** How a field of a path is called where its path is not known. */
function nameOf(path: string): string {
  const names = stepsOf(path).flatMap((step) => (step === 'each' ? [] : [step.name.toLowerCase()]));
  const [name = '', parent] = names.reverse();
  return VAGUE.has(name) && parent !== undefined ? `${parent}.${name}` : name;
}

function* treatments(
  fields: Readonly<Record<string, FieldClass>>,
  rules: AppRules,
): Generator<[path: string, treatment: Treatment]> {
  for (const [path, field] of Object.entries(fields)) {
    yield [path, { action: actionFor(field, rules), isAgentId: classesOf(field).includes('agent-id') }];
  }
  for (const [rule, action] of Object.entries(rules)) {
    if (!rule.startsWith(PATH_START)) continue;
    const path = rule.slice(PATH_START.length);
    yield [path, { action, isAgentId: classesOf(fields[path] ?? 'plain').includes('agent-id') }];
  }
}

function actionFor(field: FieldClass, rules: AppRules): Action {
  return classesOf(field)
    .map((each: PersonalClass) => rules[each] ?? rules['*'] ?? 'keep')
    .reduce(strictest, 'keep');
}

function stricter(one: Treatment, other: Treatment = one): Treatment {
  return { action: strictest(one.action, other.action), isAgentId: one.isAgentId || other.isAgentId };
}

function strictest(one: Action, other: Action): Action {
  const order: readonly Action[] = ['keep', 'pseudonymize', 'drop'];
  return order.indexOf(one) > order.indexOf(other) ? one : other;
}
