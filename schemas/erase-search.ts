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

/** Who is an agent stays in what an agent did: the customer that it was done for is gone. */
const OF_AGENTS: readonly PersonalClass[] = ['agent-id', 'agent-email', 'agent-name'];
/** A shorter id says too little to be looked for where no field is known to hold one: it may be a number of anything. */
const LEAST_DISTINCTIVE = 6;
const UNKNOWN: FieldNode<FieldClass> = fieldTree([]);

/** Whether one of the ids stands in a text, where it is long enough to be no chance. */
export function isWrittenIn(text: string, ids: ReadonlySet<string>): boolean {
  return [...ids].some((id) => id.length >= LEAST_DISTINCTIVE && text.includes(id));
}

/** Whether a text can name a person at all, in whatever spelling JSON has for it: most do not, and need no parsing. */
export function mayName(text: string, ids: ReadonlySet<string>): boolean {
  return /\\u/.test(text) || [...ids].some((id) => /[/"\\]/.test(id) || text.includes(id));
}

/** Whether a field may stay when a customer is erased. */
export function mayStay(field: FieldClass): boolean {
  return classesOf(field).every((each) => OF_AGENTS.includes(each));
}

/** Looks for a person in a body. @throws RangeError where it is nested too deep, from each of its methods */
export class Search {
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

/** The object or list that a text holds as JSON. */
export function heldIn(value: string): unknown {
  if (!/^\s*[[{"]/.test(value)) return undefined;
  try {
    const held = parseJson(value);
    return typeof held === 'object' && held !== null ? held : undefined;
  } catch {
    return undefined;
  }
}
