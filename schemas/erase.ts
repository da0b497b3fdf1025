import { isJsonObject, type JsonObject, parseJson } from './json.ts';
import {
  classesOf,
  type FieldClass,
  type FieldNode,
  fieldTree,
  hasInside,
  type PersonalClass,
} from './personal.ts';
import { text } from './values.ts';
import { type Kind, WEBHOOKS } from './webhooks.ts';

/** Whom to erase: a customer of one app, by all ids that are theirs. */
export interface Person {
  readonly ids: ReadonlySet<string>;
}

/** What of an event tells whether it is a customer's. */
export interface Erasable {
  readonly kind: Kind;
  /** JSON. */
  readonly payload: string;
  /** Whether it is theirs whatever its payload says: of a room that is theirs alone. */
  readonly isTheirs: boolean;
}

/** What is left of an event. */
export interface Erased {
  /** JSON. */
  readonly payload: string;
  /** Whether it was theirs; else it only named them. */
  readonly isTheirs: boolean;
}

/** Who is an agent stays in what an agent did: the customer that it was done for is gone. */
const OF_AGENTS: readonly PersonalClass[] = ['agent-id', 'agent-email', 'agent-name'];
/** A shorter id says too little to be looked for where no field is known to hold one: it may be a number of anything. */
const LEAST_DISTINCTIVE = 6;

/** The member that an erased payload begins with. */
const MARK = 'erased';
/** How the text of an erased payload begins. Its link in the chain of its outbox is that of what it was. */
export const ERASED_START = `{"${MARK}":true`;

/** What is left of an event of which nothing is known that may stay. */
export const NOTHING_LEFT: Erased = { payload: `${ERASED_START}}`, isTheirs: true };

const TREES: ReadonlyMap<Kind, FieldNode<FieldClass>> = new Map(
  WEBHOOKS.map(({ kind, fields }) => [kind, fieldTree(Object.entries(fields))]),
);
const UNKNOWN: FieldNode<FieldClass> = fieldTree([]);

/**
 * The payload of an event without a person; undefined where it has nothing of them.
 *
 * Of an event that is theirs, the fields stay that are known to be nobody's or an agent's: it is still an event of its
 * kind, and every number that it is counted in stays right. Of one that only names them, what names them goes. Erased
 * again, it is the same.
 */
export function erased({ kind, payload, isTheirs }: Erasable, { ids }: Person): Erased | undefined {
  if (!isTheirs && !mayName(payload, ids)) return undefined;
  const body = parsed(payload);
  if (body === undefined) return isTheirs || isWrittenIn(payload, ids) ? NOTHING_LEFT : undefined;
  const after = withoutPerson(body, TREES.get(kind), isTheirs, ids);
  return after?.payload === payload ? undefined : after;
}

/** Whether one of the ids stands in a text, where it is long enough to be no chance. */
function isWrittenIn(text: string, ids: ReadonlySet<string>): boolean {
  return [...ids].some((id) => id.length >= LEAST_DISTINCTIVE && text.includes(id));
}

/** Whether a text can name a person at all, in whatever spelling JSON has for it: most do not, and need no parsing. */
export function mayName(text: string, ids: ReadonlySet<string>): boolean {
  return /\\u/.test(text) || [...ids].some((id) => /[/"\\]/.test(id) || text.includes(id));
}

function withoutPerson(
  body: JsonObject,
  tree: FieldNode<FieldClass> | undefined,
  isTheirs: boolean,
  ids: ReadonlySet<string>,
): Erased | undefined {
  const search = new Search(ids);
  const theirs = () => ({
    payload: JSON.stringify({ [MARK]: true, ...(tree && kept(body, tree)) }),
    isTheirs: true,
  });
  try {
    if (tree === undefined) return isTheirs || search.isIn(body) ? NOTHING_LEFT : undefined;
    if (isTheirs || search.isCustomerOf(body, tree)) return theirs();
    const cut = search.cut(body, tree);
    if (cut === body || !isJsonObject(cut)) return undefined;
    // The mark comes first, whatever the body had by that name.
    const marked = Object.assign({ [MARK]: true }, cut, { [MARK]: true });
    return { payload: JSON.stringify(marked), isTheirs: false };
  } catch (error) {
    // Nested too deep to be looked through: rather all of it than something of them.
    if (!(error instanceof RangeError)) throw error;
    return theirs();
  }
}

/** The members that may stay; only known paths are walked, however deep the body is. */
function kept(body: JsonObject, tree: FieldNode<FieldClass>): JsonObject {
  const left: JsonObject = {};
  for (const [name, node] of tree.members) {
    const value = Object.hasOwn(body, name) ? keptOf(body[name], node) : undefined;
    if (value !== undefined) left[name] = value;
  }
  return left;
}

function keptOf(value: unknown, node: FieldNode<FieldClass>): unknown {
  if (node.value !== undefined && !mayStay(node.value)) return undefined;
  if (Array.isArray(value)) {
    const { each } = node;
    return each && value.map((one) => keptOf(one, each)).filter((one) => one !== undefined);
  }
  if (isJsonObject(value)) return hasInside(node) ? kept(value, node) : undefined;
  const held = typeof value === 'string' && hasInside(node) ? heldIn(value) : undefined;
  if (held !== undefined) return JSON.stringify(keptOf(held, { ...node, value: undefined }) ?? {});
  return node.value === undefined ? undefined : value;
}

function mayStay(field: FieldClass): boolean {
  return classesOf(field).every((each) => OF_AGENTS.includes(each));
}

/** Looks for a person in a body. @throws RangeError where it is nested too deep, from each of its methods */
class Search {
  readonly #ids: ReadonlySet<string>;
  readonly #distinctive: ReadonlySet<string>;

  constructor(ids: ReadonlySet<string>) {
    this.#ids = ids;
    this.#distinctive = new Set([...ids].filter((id) => id.length >= LEAST_DISTINCTIVE));
  }

  /** Whether one of the fields that say whose event it is holds one of the ids. */
  isCustomerOf(value: unknown, node: FieldNode<FieldClass>): boolean {
    if (isOfCustomer(node) && this.#ids.has(text(value))) return true;
    const inside = typeof value === 'string' && hasInside(node) ? heldIn(value) : value;
    // In a list, they are one of several.
    if (!isJsonObject(inside)) return false;
    return [...node.members].some(
      ([name, member]) => Object.hasOwn(inside, name) && this.isCustomerOf(inside[name], member),
    );
  }

  /** Whether any value, at any depth, is one of the ids. */
  isIn(value: unknown): boolean {
    if (Array.isArray(value)) return value.some((one) => this.isIn(one));
    if (isJsonObject(value)) return Object.values(value).some((one) => this.isIn(one));
    const held = typeof value === 'string' ? heldIn(value) : undefined;
    return held === undefined ? this.#distinctive.has(text(value)) : this.isIn(held);
  }

  /** A value without what names the person; the value itself where nothing does, undefined where all of it does. */
  cut(value: unknown, node: FieldNode<FieldClass>): unknown {
    if (Array.isArray(value)) return this.#cutList(value, node);
    if (isJsonObject(value)) return this.#cutObject(value, node);
    const held = typeof value === 'string' ? heldIn(value) : undefined;
    if (held === undefined) return this.#names(value, node) ? undefined : value;
    const cut = this.cut(held, node);
    return cut === held ? value : JSON.stringify(cut ?? null);
  }

  #cutList(list: readonly unknown[], { each = UNKNOWN }: FieldNode<FieldClass>): unknown {
    const left = list
      .filter((one) => !this.#isEntryOf(one, each))
      .map((one) => this.cut(one, each))
      .filter((one) => one !== undefined);
    return left.length === list.length && left.every((one, at) => one === list[at]) ? list : left;
  }

  #cutObject(body: JsonObject, node: FieldNode<FieldClass>): unknown {
    const entries = Object.entries(body);
    const left = entries
      .map(([name, value]) => [name, this.cut(value, node.members.get(name) ?? UNKNOWN)] as const)
      .filter(([, value]) => value !== undefined);
    const isSame =
      left.length === entries.length && left.every(([, value], at) => value === entries[at]?.[1]);
    return isSame ? body : Object.fromEntries(left);
  }

  /** Whether one of a list is about them: all that is told there goes. */
  #isEntryOf(one: unknown, { members }: FieldNode<FieldClass>): boolean {
    return (
      isJsonObject(one) &&
      Object.entries(one).some(([name, value]) => this.#names(value, members.get(name) ?? UNKNOWN))
    );
  }

  #names(value: unknown, { value: field }: FieldNode<FieldClass>): boolean {
    if (field !== undefined && mayStay(field)) return false;
    const ids =
      field !== undefined && classesOf(field).includes('customer-id') ? this.#ids : this.#distinctive;
    return ids.has(text(value));
  }
}

function isOfCustomer({ value }: FieldNode<FieldClass>): boolean {
  return value !== undefined && classesOf(value).includes('customer-id');
}

function parsed(payload: string): JsonObject | undefined {
  try {
    const body = parseJson(payload);
    return isJsonObject(body) ? body : undefined;
  } catch {
    return undefined;
  }
}

/** The object or list that a text holds as JSON. */
function heldIn(value: string): unknown {
  if (!/^\s*[[{"]/.test(value)) return undefined;
  try {
    const held = parseJson(value);
    return typeof held === 'object' && held !== null ? held : undefined;
  } catch {
    return undefined;
  }
}
