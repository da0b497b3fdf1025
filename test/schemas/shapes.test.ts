import { describe, expect, test } from 'vitest';
import { isJsonObject, type JsonObject } from '../../schemas/json.ts';
import { recognize } from '../../schemas/recognize.ts';
import { member } from '../../schemas/values.ts';

const CHANNEL = { id: 1, name: 'A', source: 'wa' };
const SENDER = { id: 1, email: 'a@example.test', name: 'A' };

/** A body of each kind with every member that is looked at. */
const BODIES: Readonly<Record<string, JsonObject>> = {
  'agent-logout': {
    payload: {
      action: 'logout',
      timestamp: 1_669_004_080,
      user: {
        id: 7,
        email: 'a@example.test',
        name: 'A',
        type: 1,
        type_as_string: 'admin',
        is_available: false,
        is_verified: true,
        force_offline: false,
        last_login: null,
        created_at: '2022-11-21T04:14:40Z',
        updated_at: '2022-11-21T04:14:40Z',
      },
    },
  },
  session: {
    webhook_type: 'NEW_SESSION_WEBHOOK',
    is_new_session: true,
    channel: CHANNEL,
    payload: {
      from: SENDER,
      message: { id: 1, type: 'text', text: 'a', timestamp: '2023-09-20T04:39:59Z' },
      room: { id: 1, name: 'A', options: '{}' },
    },
    room_log: {
      channel_id: 1,
      created_at: '2023-09-20T04:39:59Z',
      extras: null,
      is_waiting: true,
      name: 'A',
      source: 'wa',
      user_id: 'a',
    },
  },
  resolution: {
    customer: { user_id: 'a', name: 'A' },
    resolved_by: { ...SENDER, type: 'agent' },
    channel: CHANNEL,
    service: {
      id: 1,
      room_id: 2,
      is_resolved: true,
      first_comment_id: '3',
      last_comment_id: '4',
      notes: null,
      source: 'wa',
    },
  },
  message: {
    type: 'post_comment_mobile',
    channel: CHANNEL,
    payload: {
      type: 'post_comment_mobile',
      from: SENDER,
      room: { id: 1, name: 'A', options: '{}' },
      message: {
        id: 1,
        type: 'text',
        text: 'a',
        unique_temp_id: 'b',
        created_at: '2023-09-20T04:39:59Z',
        timestamp: '2023-09-20T04:39:59Z',
        unix_timestamp: 1_695_184_799,
        unix_nano_timestamp: 1_695_184_799_000,
      },
    },
  },
  allocation: {
    room_id: 1,
    source: 'wa',
    name: 'A',
    email: 'a',
    is_resolved: false,
    is_new_session: true,
    channel: CHANNEL,
    latest_service: { id: 1, resolved_at: null },
    candidate_agent: SENDER,
  },
  'custom-button': {
    room_id: 1,
    agent: { email: 'a@example.test', name: 'A', type: 'agent' },
    customer: { user_id: 'a', name: 'A' },
    channel_id: 1,
    channel_name: 'A',
    channel_type: 'Widget',
    notes: 'a',
    tag: [],
    customer_properties: [],
  },
};

/** Without these a body is no event of its kind; all else may be missing, or null. */
const REQUIRED = [
  ...['payload', 'payload.action', 'payload.user', 'payload.user.id', 'payload.room', 'payload.room.id'],
  ...['payload.message', 'service', 'service.room_id', 'room_id', 'type'],
];
const OPTIONAL: Readonly<Record<string, readonly string[]>> = {
  session: ['payload.message'],
  // A type may stand in the payload alone.
  message: ['type'],
};
/** Text or an object: a number is neither. */
const HOLDS_OBJECT = ['options', 'extras', 'tag', 'customer_properties'];

/** A member of a body, and the way to it. */
type Member = readonly [kind: string, path: string];

function pathsOf(body: JsonObject, before = ''): string[] {
  return Object.entries(body).flatMap(([name, value]) => [
    `${before}${name}`,
    ...(isJsonObject(value) ? pathsOf(value, `${before}${name}.`) : []),
  ]);
}

const MEMBERS: Member[] = Object.entries(BODIES).flatMap(([kind, body]) =>
  pathsOf(body).map((path): Member => [kind, path]),
);

/** A value that can stand nowhere instead of the one at a path: a number for an object or its text, a list for the rest. */
function otherThan(kind: string, path: string): unknown {
  const isScalar = !HOLDS_OBJECT.some((name) => path.endsWith(name)) && !isJsonObject(valueAt(kind, path));
  return isScalar ? [{}] : 5;
}

function valueAt(kind: string, path: string): unknown {
  return path.split('.').reduce<unknown>((value, name) => member(value, name), BODIES[kind]);
}

function isRequired([kind, path]: Member): boolean {
  return REQUIRED.includes(path) && !OPTIONAL[kind]?.includes(path);
}

/** The body of a kind with another value at a path; undefined stands for none. */
function changed([kind, path]: Member, value: unknown): JsonObject {
  const body = structuredClone(BODIES[kind] ?? {});
  const names = path.split('.');
  const last = names.pop() ?? '';
  let holder = body;
  for (const name of names) holder = holder[name] as JsonObject;
  if (value === undefined) delete holder[last];
  else holder[last] = value;
  return body;
}

describe.each(Object.keys(BODIES))('%s', (kind) => {
  test('is known with every member that it can have', () => {
    expect(recognize(BODIES[kind] ?? {})).toMatchObject({ kind });
  });
});

test.each(MEMBERS.filter((member) => !isRequired(member)))(
  'a body of %s may lack %s, or have null there',
  (kind, path) => {
    for (const none of [undefined, null])
      expect(recognize(changed([kind, path], none))).toMatchObject({ kind });
  },
);

test.each(MEMBERS.filter(isRequired))('a body of %s without %s is kept as unrecognized', (kind, path) => {
  for (const none of [undefined, null]) {
    expect(recognize(changed([kind, path], none))).toMatchObject({ kind: 'unrecognized' });
  }
});

test.each(MEMBERS)(
  'a body of %s with something else in %s is kept as unrecognized, and that is named',
  (kind, path) => {
    const recognized = recognize(changed([kind, path], otherThan(kind, path)));
    expect(recognized.kind).toBe('unrecognized');
    const problems = 'problems' in recognized ? recognized.problems.join() : '';
    // A logout that names no type is known by these two alone.
    const isMark = kind === 'agent-logout' && ['payload', 'payload.action'].includes(path);
    expect(problems).toContain(isMark ? 'the marks of none' : `${path} must be`);
  },
);
