/** What personal data there is in webhooks, by what it is. */
export const PERSONAL_CLASSES = [
  /** By what a customer is known: a phone number or an e-mail address as a rule. */
  'customer-id',
  'customer-name',
  /** What else is told of a customer. */
  'customer-properties',
  'agent-id',
  'agent-email',
  'agent-name',
  /** The address of somebody's picture. */
  'avatar',
  'phone',
  /** What was written, files and quotations included. */
  'message-text',
  /** What an agent wrote about a conversation. */
  'notes',
] as const;

export type PersonalClass = (typeof PERSONAL_CLASSES)[number];

/**
 * What a field is: nothing personal, or personal data of a class; several where it depends on who it is about, as in a
 * list of a room's participants.
 */
export type FieldClass = 'plain' | PersonalClass | readonly PersonalClass[];

/**
 * What the known fields of a body are, by their paths: names with dots between, `[*]` for each of a list. A path goes
 * on in JSON that a string holds. What is not here is as the field around it is, or not known.
 */
export type Fields = Readonly<Record<string, FieldClass>>;

/** The fields as a tree, to be walked along with a body. */
export interface FieldNode<Value> {
  value: Value | undefined;
  readonly members: Map<string, FieldNode<Value>>;
  /** What each of a list is. */
  each: FieldNode<Value> | undefined;
}

/** A name in a path, or each of a list. */
export type Step = { readonly name: string } | 'each';

/** The steps of a path: `payload.participants[*].email` has four. */
export function stepsOf(path: string): Step[] {
  return path.split('.').flatMap((part): Step[] => {
    const name = part.replace(/(\[\*\])+$/, '');
    const lists = (part.length - name.length) / '[*]'.length;
    return [{ name }, ...Array.from({ length: lists }, () => 'each' as const)];
  });
}

/** Puts values into a tree by their paths; of two at one path, the later one stays. */
export function fieldTree<Value>(entries: Iterable<readonly [path: string, value: Value]>): FieldNode<Value> {
  const root: FieldNode<Value> = { value: undefined, members: new Map(), each: undefined };
  for (const [path, value] of entries) {
    let node = root;
    for (const step of stepsOf(path)) node = step === 'each' ? eachOf(node) : memberOf(node, step.name);
    node.value = value;
  }
  return root;
}

/** Whether anything is known of what is inside a field. */
export function hasInside({ members, each }: FieldNode<unknown>): boolean {
  return members.size > 0 || each !== undefined;
}

/** The classes of a field; none for a plain one. */
export function classesOf(field: FieldClass): readonly PersonalClass[] {
  if (field === 'plain') return [];
  return typeof field === 'string' ? [field] : field;
}

function memberOf<Value>(node: FieldNode<Value>, name: string): FieldNode<Value> {
  const known = node.members.get(name);
  if (known !== undefined) return known;
  const made: FieldNode<Value> = { value: undefined, members: new Map(), each: undefined };
  node.members.set(name, made);
  return made;
}

function eachOf<Value>(node: FieldNode<Value>): FieldNode<Value> {
  node.each ??= { value: undefined, members: new Map(), each: undefined };
  return node.each;
}
