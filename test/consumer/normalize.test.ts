import { describe, expect, test } from 'vitest';
import { normalize } from '../../consumer/normalize/normalize.ts';
import type { Kind } from '../../schemas/webhooks.ts';
import { event, sample } from './events.ts';

type Json = Record<string, unknown>;

/** The vendor's sample with the members of `changes` set in it, at any depth; undefined removes. */
function changed(name: string, changes: Json): string {
  return JSON.stringify(merge(JSON.parse(sample(name)), changes));
}

function merge(target: Json, changes: Json): Json {
  const isObject = (value: unknown): value is Json =>
    typeof value === 'object' && value !== null && !Array.isArray(value);
  const merged = Object.entries(changes).map(([key, value]) => {
    const before = target[key];
    return [key, isObject(value) && isObject(before) ? merge(before, value) : value];
  });
  return { ...target, ...Object.fromEntries(merged) };
}

function row(kind: Kind, payload: string): Json {
  const normalized = normalize(event(kind, payload));
  if (normalized.outcome !== 'row') throw new Error(`no row: ${JSON.stringify(normalized)}`);
  return { ...normalized.row };
}

describe('User Logout', () => {
  const logout = (user: Json) => row('agent-logout', changed('agent-logout.agent', { payload: { user } }));

  test.each([
    [1, 'admin'],
    ['2', 'agent'],
    [3, 'supervisor'],
    [9, '9'],
  ])('type %s without its text is the role %s', (type, role) => {
    expect(logout({ type, type_as_string: undefined }).role).toBe(role);
  });

  test('a role in words that nobody has seen before is kept', () => {
    expect(logout({ type: 4, type_as_string: 'auditor' }).role).toBe('auditor');
  });

  test('flags sent as text, and times that are missing or absurd', () => {
    expect(
      logout({
        is_available: 'false',
        is_verified: 'true',
        force_offline: 1,
        last_login: null,
        created_at: '9999-01-01',
      }),
    ).toMatchObject({
      is_available: false,
      is_verified: true,
      force_offline: true,
      last_login: null,
      account_created_at: null,
    });
  });
});

describe('New Session', () => {
  const session = (changes: Json) => row('session', changed('session', changes));

  test('without a room_log, channel, customer, waiting and opening come from the room and the message', () => {
    expect(session({ room_log: null })).toMatchObject({
      channel: 'wa',
      channel_id: '1000',
      customer_id: 'xxxxxxx',
      customer_name: 'john doe',
      is_waiting: true,
      opened_at: '2026-03-04 05:06:06.890',
      user_properties: {},
    });
  });

  test('room.options as an object, with its flag as text', () => {
    const options = {
      source: 'fb',
      is_waiting: 'false',
      channel_details: { channel_id: '77', name: 'Page' },
    };
    expect(session({ room_log: undefined, payload: { room: { options } } })).toMatchObject({
      channel: 'fb',
      channel_id: '77',
      channel_name: 'Page',
      is_waiting: false,
    });
  });

  test('with neither, the newer channel object speaks', () => {
    const channel = { id: 5, name: 'Shop', source: 'ig' };
    expect(session({ room_log: undefined, channel, payload: { room: { options: null } } })).toMatchObject({
      channel: 'ig',
      channel_id: '5',
      channel_name: 'Shop',
    });
  });

  test('is_waiting of the room_log wins, also when it is false', () => {
    expect(session({ room_log: { is_waiting: false } }).is_waiting).toBe(false);
  });

  test.each([
    [
      'JSON text',
      JSON.stringify({
        user_properties: [
          { key: 'City', value: 'Solo' },
          { key: 'Age', value: 30 },
        ],
      }),
    ],
    [
      'an object',
      {
        user_properties: [
          { key: 'City', value: 'Solo' },
          { key: 'Age', value: 30 },
        ],
      },
    ],
  ])('extras as %s', (_, extras) => {
    expect(session({ room_log: { extras } }).user_properties).toEqual({ City: 'Solo', Age: '30' });
  });

  test.each([null, '', 'no JSON', { user_properties: null }, []])('extras %j are no properties', (extras) => {
    expect(session({ room_log: { extras } }).user_properties).toEqual({});
  });

  test('a property that is called __proto__ is a property', () => {
    const extras = '{"user_properties":[{"key":"__proto__","value":"x"}]}';
    expect(Object.entries(session({ room_log: { extras } }).user_properties as Json)).toEqual([
      ['__proto__', 'x'],
    ]);
  });

  test('the time of the room_log, minutes before the message, is when the session was opened', () => {
    expect(session({ room_log: { created_at: '2023-09-20 04:35:00' } }).opened_at).toBe(
      '2023-09-20 04:35:00.000',
    );
  });

  test('half of a character pair, which ClickHouse would refuse, is replaced', () => {
    const payload = sample('session').replace('Halo', 'Ha\\ud83dlo');
    expect(row('session', payload).first_message_text).toBe('Ha\ufffdlo');
  });
});

describe('Mark As Resolved', () => {
  const resolution = (changes: Json) => row('resolution', changed('resolution', changes));

  test('ids beyond 32 bits and beyond what a double holds keep every digit', () => {
    const payload = sample('resolution')
      .replace('"last_comment_id": "000000000"', '"last_comment_id": 1234567890123456789')
      .replace('"id": 0,\n    "is_resolved"', '"id": 18446744073709551615, "is_resolved"');
    expect(row('resolution', payload)).toMatchObject({
      last_comment_id: '1234567890123456789',
      service_id: '18446744073709551615',
    });
  });

  test('the newer channel object where the service names no source', () => {
    expect(resolution({ service: { source: null }, channel: { id: 1, source: 'line' } }).channel).toBe(
      'line',
    );
  });

  test('nobody and nothing: the columns are empty, not missing', () => {
    expect(resolution({ resolved_by: null, customer: null, service: { notes: null } })).toMatchObject({
      agent_id: '0',
      agent_email: '',
      customer_id: '',
      notes: '',
    });
  });
});

describe('Bot', () => {
  const message = (changes: Json) => row('message', changed('message', changes));

  test('through the API', () => {
    expect(message({ type: 'post_comment_rest' }).via).toBe('rest');
  });

  test('room.options as JSON text', () => {
    const options = '{"source":"telegram","is_resolved":"true","is_waiting":true}';
    expect(message({ payload: { room: { options } } })).toMatchObject({
      channel: 'telegram',
      is_resolved: true,
      is_waiting: true,
    });
  });

  test.each([
    [0, ''],
    ['0', ''],
    [null, ''],
    [15167003123, '15167003123'],
  ])('message id %s', (id, expected) => {
    expect(message({ payload: { message: { id } } }).message_id).toBe(expected);
  });

  test('a sender without an id is told by their address', () => {
    expect(message({ payload: { from: { id: 0 } } }).sender_id).toBe('user1@gmail.com');
  });
});

describe('Custom Agent Allocation', () => {
  test('no candidate, no service before, a newer channel object', () => {
    const payload = changed('allocation', {
      candidate_agent: null,
      latest_service: null,
      source: undefined,
      channel: { source: 'tiktok' },
      is_new_session: true,
    });
    expect(row('allocation', payload)).toMatchObject({
      channel: 'tiktok',
      is_new_session: true,
      candidate_agent_id: '0',
      candidate_agent_email: '',
      latest_service_id: '0',
      latest_service_resolved_at: null,
    });
  });
});

describe('Custom Button', () => {
  const click = (changes: Json) => row('custom-button', changed('custom-button', changes));

  test('tags by their names, customer properties by their labels, whatever their values are', () => {
    const customer_properties = [
      { label: 'A', value: 1 },
      { label: 'B', value: { c: [2] } },
      { value: 'nameless' },
      null,
    ];
    expect(
      click({
        tag: [
          { id: 1, name: 'vip' },
          { id: 2, name: 'late' },
        ],
        customer_properties,
      }),
    ).toMatchObject({
      tags: ['vip', 'late'],
      customer_properties: { A: '1', B: '{"c":[2]}' },
    });
  });

  test('lists that are null, JSON text or missing', () => {
    expect(
      click({ tag: '[{"name":"vip"}]', customer_properties: null, additional_info: undefined }),
    ).toMatchObject({ tags: ['vip'], customer_properties: {}, additional_info: '' });
  });
});

describe('what cannot be a row', () => {
  test.each<[string, Kind, string]>([
    ['no JSON', 'session', '{"payload":'],
    ['no object', 'message', '[1]'],
    ['a room without an id', 'resolution', '{"service":{"room_id":null},"resolved_by":null}'],
    ['another webhook', 'custom-button', sample('session')],
  ])('%s is refused, and says which field', (_, kind, payload) => {
    expect(normalize(event(kind, payload))).toEqual({
      outcome: 'refused',
      reason: expect.stringMatching(/^the payload /),
    });
  });

  test('values nested deeper than the stack are refused, not thrown', () => {
    const deep = `${'['.repeat(200_000)}${']'.repeat(200_000)}`;
    const payload = sample('custom-button').replace(
      '"notes": null',
      `"notes": null, "additional_info": ${deep}`,
    );
    expect(normalize(event('custom-button', payload))).toEqual({
      outcome: 'refused',
      reason: 'the payload is nested too deep',
    });
  });

  test('an event of no known webhook has no row', () => {
    expect(normalize(event('unrecognized', '{}'))).toEqual({ outcome: 'none' });
  });
});
