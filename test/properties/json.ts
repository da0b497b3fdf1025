/**
 * JSON as a sender may spell it: members in any number and order, names repeated, numbers and strings in any of
 * their spellings. It is printed as text, and read back by nothing here: so what a reader makes of the text can be
 * compared with what was meant.
 */
export type Json =
  | { readonly members: readonly Member[] }
  | { readonly items: readonly Json[] }
  /** A scalar as it is spelled. */
  | { readonly spelled: string }
  /** JSON text held in a string. */
  | { readonly held: Json };

export interface Member {
  readonly name: string;
  /** The name as it is spelled, quotes included. */
  readonly spelled: string;
  readonly value: Json;
}

/** Prints JSON without spaces. */
export function print(json: Json): string {
  if ('members' in json) {
    return `{${json.members.map(({ spelled, value }) => `${spelled}:${print(value)}`).join(',')}}`;
  }
  if ('items' in json) return `[${json.items.map(print).join(',')}]`;
  return 'held' in json ? JSON.stringify(print(json.held)) : json.spelled;
}

/** The same without the members whose names are secret, at any depth, inside held JSON too. */
export function withoutSecrets(json: Json, secretNames: ReadonlySet<string>): Json {
  if ('members' in json) {
    const kept = json.members.filter(({ name }) => !secretNames.has(name.toLowerCase()));
    return {
      members: kept.map((member) => ({ ...member, value: withoutSecrets(member.value, secretNames) })),
    };
  }
  if ('items' in json) return { items: json.items.map((item) => withoutSecrets(item, secretNames)) };
  return 'held' in json ? { held: withoutSecrets(json.held, secretNames) } : json;
}

/** A parsed value as JSON; a string that is a JSON object or list is JSON held in a string. */
export function fromValue(value: unknown): Json {
  if (Array.isArray(value)) return { items: value.map(fromValue) };
  if (typeof value === 'object' && value !== null) {
    return { members: Object.entries(value).map(([name, each]) => member(name, fromValue(each))) };
  }
  const held = typeof value === 'string' && /^[[{]/.test(value) ? parsed(value) : undefined;
  return held === undefined ? { spelled: JSON.stringify(value) } : { held: fromValue(held) };
}

/** What JSON text holds; undefined for other text, such as `[file] https://… [/file]`. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

export function member(name: string, value: Json, spelled = JSON.stringify(name)): Member {
  return { name, spelled, value };
}

/** A string or name with every character escaped. */
export function escaped(text: string): string {
  const units = Array.from({ length: text.length }, (_, at) => text.charCodeAt(at));
  return `"${units.map((unit) => `\\u${unit.toString(16).padStart(4, '0')}`).join('')}"`;
}

/** Puts white space around every token of JSON text. */
export function spaced(json: string, space: string): string {
  return json.replace(/"(?:[^"\\]|\\.)*"|[{}[\],:]|[^\s{}[\],:"]+/g, (token) => `${space}${token}`) + space;
}

/** Takes white space out from between the tokens of JSON text. */
export function compact(json: string): string {
  return json.replace(/("(?:[^"\\]|\\.)*")|\s+/g, (_, string = '') => string);
}
