import { isJsonObject, type JsonObject } from '../../../schemas/json.ts';

/** What a field holds; `json` is a text that holds an object or an array as JSON. */
export type FieldType = 'null' | 'boolean' | 'number' | 'string' | 'object' | 'array' | 'json';

/** The fields of a payload: by path, the types that it has there. */
export type Fields = ReadonlyMap<string, ReadonlySet<FieldType>>;

const MOST_DEPTH = 8;
const MOST_ITEMS = 20;
/** An object with more has data for its names. */
const MOST_NAMES = 60;
/** What one payload may add; the rest of it is not looked at. */
const MOST_PATHS = 300;
const MOST_NAME_CHARACTERS = 40;

/** A name that is data, such as an id, an address or a time: each would be a field of its own. */
const DATA = /\d{3}|@|^[0-9a-f-]{16,}$|[\s\p{Cc}]{2}/iu;

/**
 * The fields of a payload, by paths such as `payload.room.options{}.channel` or `tags[].name`; the body's own is empty.
 * Bounded, whatever the payload holds.
 */
export function fieldsOf(body: JsonObject): Fields {
  const fields = new Map<string, Set<FieldType>>();
  walk(body, '', 0, fields);
  return fields;
}

function walk(value: unknown, path: string, depth: number, fields: Map<string, Set<FieldType>>): void {
  const inside = typeof value === 'string' ? jsonIn(value) : undefined;
  const type = inside === undefined ? typeOf(value) : 'json';
  const types = fields.get(path) ?? new Set();
  if (types.size === 0 && fields.size >= MOST_PATHS) return;
  fields.set(path, types.add(type));
  if (depth >= MOST_DEPTH) return;
  const [content, at] = inside === undefined ? [value, path] : [inside, `${path}{}`];
  if (Array.isArray(content)) {
    for (const item of content.slice(0, MOST_ITEMS)) walk(item, `${at}[]`, depth + 1, fields);
  } else if (isJsonObject(content)) {
    const names = Object.keys(content);
    for (const name of names.slice(0, MOST_PATHS)) {
      const told = names.length > MOST_NAMES ? '*' : toldName(name);
      walk(content[name], at === '' ? told : `${at}.${told}`, depth + 1, fields);
    }
  }
}

function toldName(name: string): string {
  if (name === '' || name.length > MOST_NAME_CHARACTERS || DATA.test(name)) return '*';
  return /[.[\]{}*]/.test(name) ? JSON.stringify(name) : name;
}

/** What is in it, where a text is JSON that has fields. */
function jsonIn(text: string): unknown {
  if (!/^\s*[[{]/.test(text)) return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** The type of a JSON value. */
export function typeOf(value: unknown): FieldType {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'array';
  const type = typeof value;
  return type === 'boolean' || type === 'number' || type === 'string' ? type : 'object';
}
