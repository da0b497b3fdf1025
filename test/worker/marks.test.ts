import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { isJsonObject, type JsonObject } from '../../schemas/json.ts';
import { recognize } from '../../schemas/recognize.ts';

/** A body as it was captured, and what it is. */
interface Captured {
  readonly name: string;
  readonly kind: string;
  readonly body: JsonObject;
}

/** Members without which a body of a kind is not known any more, or cannot be a row. */
const ESSENTIAL: Readonly<Record<string, readonly string[]>> = {
  'agent-logout': ['payload'],
  session: ['payload'],
  resolution: ['service'],
  message: ['payload', 'type'],
  allocation: ['room_id'],
  'custom-button': ['room_id'],
};

/** The vendor's samples, and what was captured in the field; a file's name begins with its kind. */
const CAPTURED: readonly Captured[] = ['samples', 'field'].flatMap((folder) => {
  const url = new URL(`../${folder}/`, import.meta.url);
  return readdirSync(url).map((file) => {
    const kind = Object.keys(ESSENTIAL).find((each) => file.startsWith(each)) ?? '';
    return { name: `${folder}/${file}`, kind, body: JSON.parse(readFileSync(new URL(file, url), 'utf8')) };
  });
});

/** The body without some of its members. */
function without(body: JsonObject, names: ReadonlySet<string>): JsonObject {
  return Object.fromEntries(Object.entries(body).filter(([name]) => !names.has(name)));
}

/** The body with every choice of its members, and with every choice of its payload's. */
function reductions(body: JsonObject): JsonObject[] {
  const { payload } = body;
  const inside = isJsonObject(payload) ? choices(payload).map((each) => ({ ...body, payload: each })) : [];
  return [...choices(body), ...inside];
}

function choices(body: JsonObject): JsonObject[] {
  const names = Object.keys(body);
  return Array.from({ length: 2 ** names.length }, (_, choice) =>
    without(body, new Set(names.filter((_, at) => (choice & (2 ** at)) !== 0))),
  );
}

describe.each(CAPTURED)('$name', ({ kind, body }) => {
  test('is known for what it is', () => {
    expect(recognize(body)).toMatchObject({ kind });
  });

  test('is taken for nothing else, whatever members are missing', () => {
    const kinds = new Set(reductions(body).map((each) => recognize(each).kind));
    expect(kinds).toEqual(new Set([kind, 'unrecognized']));
  });

  test('is still known without any one member that it can do without', () => {
    const spare = Object.keys(body).filter((name) => !ESSENTIAL[kind]?.includes(name));
    const lost = spare.filter((name) => recognize(without(body, new Set([name]))).kind !== kind);
    expect(lost).toEqual([]);
  });

  test('is still known with members that nobody has heard of, and with those of newer versions', () => {
    const more = {
      app_code: 'app-x',
      channel: { id: 1, name: 'A', source: 'wa' },
      notes: null,
      new_field: [{}],
    };
    expect(recognize({ ...more, ...body })).toMatchObject({ kind });
  });
});

describe('what has some marks of a webhook, and is none of those known here, is kept as unrecognized', () => {
  test.each<[string, JsonObject]>([
    [
      'a room with its customer',
      { room_id: 1, name: 'A', email: 'a', avatar_url: 'b', extras: '{}', source: 'wa' },
    ],
    ['a room that changed', { room_id: 1, is_resolved: true }],
    ['a room with an agent', { room_id: 1, agent: { email: 'a' } }],
    ['a room with a channel', { room_id: 1, channel_name: 'A', additional_info: [] }],
    ['another action of an agent', { type: 'auth', payload: { action: 'login', user: { id: 1 } } }],
    ['another type with a logout in it', { type: 'audit', payload: { action: 'logout', user: { id: 1 } } }],
    ['another type with a room in it', { type: 'room_read', payload: { room: { id: 1 }, message: {} } }],
    ['another type of a new session', { type: 'a', is_new_session: true, payload: { room: { id: 1 } } }],
    ['a payload without any type', { payload: { room: { id: 1 }, message: { text: 'a' } } }],
    ['a service without anything', { service: { room_id: 1 } }],
  ])('%s', (_, body) => {
    expect(recognize(body).kind).toBe('unrecognized');
  });
});

describe('a type in the payload is as good as one beside it', () => {
  test.each(['post_comment_mobile', 'post_comment_rest'])('%s', (type) => {
    const payload = { room: { id: 1 }, message: { text: 'a' }, type };
    expect(recognize({ payload }).kind).toBe('message');
    expect(recognize({ payload, type: '' }).kind).toBe('message');
  });

  test('auth', () => {
    const payload = { action: 'logout', user: { id: 1 } };
    expect(recognize({ payload: { ...payload, type: 'auth' } }).kind).toBe('agent-logout');
    expect(recognize({ payload }).kind).toBe('agent-logout');
  });
});
