import { heldIn, isWrittenIn, mayName, mayStay, Search } from './erase-search.ts';
import { isJsonObject, type JsonObject, objectIn } from './json.ts';
import { type FieldClass, type FieldNode, fieldTree, hasInside } from './personal.ts';
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

/** The member that an erased payload begins with. */
const MARK = 'erased';
/** How the text of an erased payload begins. Its link in the chain of its outbox is that of what it was. */
export const ERASED_START = `{"${MARK}":true`;

/** What is left of an event of which nothing is known that may stay. */
export const NOTHING_LEFT: Erased = { payload: `${ERASED_START}}`, isTheirs: true };

const TREES: ReadonlyMap<Kind, FieldNode<FieldClass>> = new Map(
  WEBHOOKS.map(({ kind, fields }) => [kind, fieldTree(Object.entries(fields))]),
);

/**
 * The payload of an event without a person; undefined where it has nothing of them.
 *
 * Of an event that is theirs, the fields stay that are known to be nobody's or an agent's: it is still an event of its
 * kind, and every number that it is counted in stays right. Of one that only names them, what names them goes. Erased
 * again, it is the same.
 */
export function erased({ kind, payload, isTheirs }: Erasable, { ids }: Person): Erased | undefined {
  if (!isTheirs && !mayName(payload, ids)) return undefined;
  const body = objectIn(payload);
  if (body === undefined) return isTheirs || isWrittenIn(payload, ids) ? NOTHING_LEFT : undefined;
  const after = withoutPerson(body, TREES.get(kind), isTheirs, ids);
  return after?.payload === payload ? undefined : after;
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
