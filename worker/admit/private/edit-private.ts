import { type FieldNode, hasInside } from '../../../schemas/personal.ts';
import { applyEdits, cutMember, type Edit, isJson, type MemberPlace, unquote } from '../json-edits.ts';
import { endOfString, endOfValue, skipSpace } from '../json-text.ts';
import { type Pseudonymize, scalarText } from './pseudonym.ts';
import type { Action, Treatment } from './rules.ts';

/** Says what is to be done with a value, and leads on to what is inside it. */
export interface Guide {
  /** For a value as a whole; undefined where what is inside decides. */
  readonly whole: Treatment | undefined;
  /** For one that has nothing inside, where something was expected. */
  readonly scalar: Treatment | undefined;
  /** Whether nothing inside is to be touched, so that it need not be looked through. */
  readonly isDone: boolean;
  member(name: string): Guide;
  element(): Guide;
}

/** What takes the place of a value. */
export interface Means {
  readonly pseudonymize: Pseudonymize;
  /** What is done where a rule says to pseudonymize: dropped instead, where pseudonyms would need too much room. */
  readonly instead: Exclude<Action, 'keep'>;
}

/** An object or list that the walk is in. */
interface Container {
  readonly isObject: boolean;
  readonly guide: Guide;
  /** The comma before the current member, -1 before the first. */
  comma: number;
}

/**
 * Valid JSON text with personal values dropped or replaced, also inside JSON held in strings; all else stays byte for
 * byte as it was. It walks in a loop, however deep the text is nested.
 */
export function editPrivate(json: string, guide: Guide, means: Means): string {
  const edits: Edit[] = [];
  const containers: Container[] = [];
  /** Deals with the value at `start`, or goes into it. @returns where to go on */
  const value = (start: number, at: Guide, member: MemberPlace | undefined): number => {
    const { whole } = at;
    if (whole !== undefined) return replaced(start, whole, member);
    if (at.isDone) return endOfValue(json, start);
    const char = json[start];
    if (char === '{' || char === '[') {
      containers.push({ isObject: char === '{', guide: at, comma: -1 });
      return start + 1;
    }
    const end = endOfValue(json, start);
    const quoted = json.slice(start, end);
    const held = char === '"' ? heldIn(quoted) : undefined;
    if (held === undefined) return at.scalar === undefined ? end : replaced(start, at.scalar, member);
    const edited = editHeld(quoted, held, at, means);
    if (edited !== quoted) edits.push({ start, end, text: edited });
    return end;
  };
  const replaced = (start: number, treatment: Treatment, member: MemberPlace | undefined): number => {
    const end = endOfValue(json, start);
    const text = replacement(json.slice(start, end), treatment, means);
    if (text === undefined && member !== undefined) return cutMember(edits, json, member).end;
    edits.push({ start, end, text: text ?? 'null' });
    return end;
  };

  let at = value(skipSpace(json, 0), guide, undefined);
  while (at < json.length) {
    const container = containers.at(-1);
    const char = json.charAt(at);
    if (container === undefined) break;
    if (char === '}' || char === ']') containers.pop();
    if (char === ',') container.comma = at;
    if (' \n\r\t,}]'.includes(char)) {
      at++;
    } else if (container.isObject) {
      const keyEnd = endOfString(json, at);
      const member = { start: at, keyEnd, comma: container.comma };
      const colon = skipSpace(json, keyEnd);
      at = value(skipSpace(json, colon + 1), container.guide.member(unquote(json.slice(at, keyEnd))), member);
    } else {
      at = value(at, container.guide.element(), undefined);
    }
  }
  return applyEdits(json, edits);
}

/** The JSON that a string holds. */
function heldIn(quoted: string): string | undefined {
  const held = unquote(quoted);
  return isJson(held) ? held : undefined;
}

function editHeld(quoted: string, held: string, guide: Guide, means: Means): string {
  const edited = editPrivate(held, guide, means);
  return edited === held ? quoted : JSON.stringify(edited);
}

/** What stands in a value's place, as JSON; undefined where nothing does. */
function replacement(json: string, { action, isAgentId }: Treatment, means: Means): string | undefined {
  if (action === 'keep') return json;
  const isContainer = json.startsWith('{') || json.startsWith('[');
  const text = isContainer ? json : scalarText(json);
  if (action === 'pseudonymize' && means.instead === 'pseudonymize') {
    const pseudonym = text === undefined ? undefined : means.pseudonymize(text);
    return pseudonym === undefined || pseudonym === text ? json : JSON.stringify(pseudonym);
  }
  // A logout must have the id of its agent: 0 is how the vendor writes that there is none.
  return isAgentId ? '0' : undefined;
}

/** Goes by the paths of a kind's fields. What is not known inside a field is as the field is. */
export function byPath(node: FieldNode<Treatment>): Guide {
  const { value } = node;
  const isKept = value === undefined || value.action === 'keep';
  return {
    whole: isKept || hasInside(node) ? undefined : value,
    scalar: isKept ? undefined : value,
    isDone: isKept && !hasInside(node),
    member: (name) => inside(node.members.get(name), value),
    element: () => inside(node.each, value),
  };
}

function inside(node: FieldNode<Treatment> | undefined, around: Treatment | undefined): Guide {
  return byPath(node ?? { value: around, members: new Map(), each: undefined });
}

/** Goes by names, at any depth. @param parent the name around, in small letters */
export function byName(treatments: ReadonlyMap<string, Treatment>, parent = ''): Guide {
  return {
    whole: undefined,
    scalar: undefined,
    isDone: false,
    member: (name) => {
      const small = name.toLowerCase();
      const whole = treatments.get(small) ?? treatments.get(`${parent}.${small}`);
      return { ...byName(treatments, small), whole };
    },
    element: () => byName(treatments, parent),
  };
}
