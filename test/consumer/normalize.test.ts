import { describe, expect, test } from 'vitest';
import { eventRow } from '../../consumer/normalize/event.ts';
import { normalize } from '../../consumer/normalize/normalize.ts';
import { defineNormalizer } from '../../consumer/normalize/normalizer.ts';
import { session as sessionWebhook } from '../../schemas/session.ts';
import { FACT_KINDS, type Kind } from '../../schemas/webhooks.ts';
import { event, sample } from './events.ts';
import { SAMPLE_FACTS } from './sample-rows.ts';

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

/** What the consumer makes of a payload. */
const normalized = (kind: Kind, payload: string) => normalize(event(kind, payload), payload);

function row(kind: Kind, payload: string): Json {
  const made = normalized(kind, payload);
  if (made.outcome !== 'row') throw new Error(`no row: ${JSON.stringify(made)}`);
  return { ...made.row };
}

const COMMON = {
  event_id: event('session', '').id,
  app_id: 'demo',
  occurred_at: '2026-03-04 05:06:06.890',
  received_at: '2026-03-04 05:06:07.890',
  outbox: 'demo/0',
  sequence: 1,
};

test.each(FACT_KINDS)("the vendor's %s fills every column of its table", (kind) => {
  const fact = SAMPLE_FACTS[kind];
  // A 64-bit id is sent to ClickHouse as digits: a double could not hold it.
  const columns = Object.entries(fact.row).map(([name, value]) => [
    name,
    typeof value === 'number' ? String(value) : value,
  ]);
  expect(row(kind, sample(fact.sample))).toEqual({
    ...COMMON,
    event_id: event(kind, '').id,
    ...Object.fromEntries(columns),
  });
});

test('an event of any kind has a row in events, with its payload as it was and its place in Kafka', () => {
  const message = { key: null, value: null, headers: {}, timestamp: '0', attributes: 0, offset: '41' };
  const source = { topic: 'q.session', partition: 3, message };
  const payload = '{"any": "thing"}';
  expect(eventRow(event('session', payload), payload, source)).toEqual({
    ...COMMON,
    chain: '',
    kind: 'session',
    payload,
    topic: 'q.session',
    partition: 3,
    offset: '41',
  });
});

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

  test('a role in words counts before the number, also one that nobody has seen before', () => {
    expect(logout({ type: 1, type_as_string: 'auditor' }).role).toBe('auditor');
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

  test('a newer channel that is its source alone, as text, is the channel where nothing else names it', () => {
    expect(session({ room_log: null, channel: 'ig', payload: { room: { options: null } } })).toMatchObject({
      channel: 'ig',
      channel_id: '0',
      channel_name: '',
    });
  });

  test('of the names of a channel the first counts: room_log, source, channel, the newer object', () => {
    const options = { source: 'b', channel: 'c' };
    const channelOf = (room_log: Json, options: Json) =>
      session({ room_log, channel: { source: 'd' }, payload: { room: { options } } }).channel;
    expect(channelOf({ source: 'a' }, options)).toBe('a');
    expect(channelOf({ source: '' }, options)).toBe('b');
    expect(channelOf({ source: '' }, { channel: 'c' })).toBe('c');
    expect(channelOf({ source: '' }, {})).toBe('d');
  });

  test('is_waiting of the room_log wins, also when it is false; one that it has not comes from the room', () => {
    expect(session({ room_log: { is_waiting: false } }).is_waiting).toBe(false);
    expect(session({ room_log: { is_waiting: undefined } }).is_waiting).toBe(true);
  });

  test('without sender and first message, what only they tell is empty', () => {
    expect(session({ room_log: null, payload: { from: null, message: null } })).toMatchObject({
      customer_id: '',
      customer_name: '',
      first_message_type: '',
      first_message_text: '',
    });
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
      agent_name: '',
      agent_role: '',
      customer_id: '',
      customer_name: '',
      notes: '',
    });
  });
});

describe('Bot', () => {
  const message = (changes: Json) => row('message', changed('message', changes));

  test.each([
    ['post_comment_rest', 'rest'],
    ['post_comment', ''],
    ['post_comment_post_comment_mobile', 'post_comment_mobile'],
  ])('of the type %s came in via %j', (type, via) => {
    expect(message({ type }).via).toBe(via);
  });

  test('without a sender, and with the newer channel object alone', () => {
    const channel = { id: 5, name: 'Shop', source: 'ig' };
    expect(message({ channel, payload: { from: null, room: { options: null } } })).toMatchObject({
      channel: 'ig',
      channel_id: '5',
      channel_name: 'Shop',
      sender_id: '',
      sender_name: '',
    });
  });

  test('the channel that only the options name', () => {
    expect(message({ payload: { room: { options: '{"channel":"line"}' } } }).channel).toBe('line');
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
      candidate_agent_name: '',
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

  test('tags that are text themselves, and none without a name', () => {
    expect(click({ tag: ['vip', { name: '' }, '', { id: 1 }] }).tags).toEqual(['vip']);
  });

  test('of two properties with one label the last counts, one without a label does not, and no value is empty', () => {
    const customer_properties = [
      { label: 'A', value: 1 },
      { label: 'A', value: true },
      { label: 'B' },
      { label: 'C', value: ['\ud83d', 'x'] },
      { label: 'D', value: null },
      { label: '', value: 'nameless' },
      { value: 'nameless' },
    ];
    expect(click({ customer_properties }).customer_properties).toEqual({
      A: 'true',
      B: '',
      C: '["\\ud83d","x"]',
      D: '',
    });
  });

  test.each(['[{"name":', '{"name":"vip"}', '"vip"', { name: 'vip' }, ''])(
    'a list sent as %j is empty',
    (tag) => {
      expect(click({ tag }).tags).toEqual([]);
    },
  );

  test.each([
    ['text', 'text'],
    ['half \ud83d', 'half \ufffd'],
    [null, ''],
    [0, '0'],
    [false, 'false'],
    [{ a: [1] }, '{"a":[1]}'],
  ])('additional info %j is kept as %j', (additional_info, kept) => {
    expect(click({ additional_info }).additional_info).toBe(kept);
  });

  test('without agent and customer, what only they tell is empty', () => {
    expect(click({ agent: null, customer: null })).toMatchObject({
      agent_email: '',
      agent_name: '',
      agent_role: '',
      customer_id: '',
      customer_name: '',
    });
  });

  test('lists that are null, JSON text or missing', () => {
    expect(
      click({ tag: '[{"name":"vip"}]', customer_properties: null, additional_info: undefined }),
    ).toMatchObject({ tags: ['vip'], customer_properties: {}, additional_info: '' });
  });
});

describe('what cannot be a row', () => {
  test.each([
    ['no JSON', '{"payload":'],
    ['no object', '[1]'],
  ])('%s is refused', (_, payload) => {
    const refused = { outcome: 'refused', reason: 'the payload is not a JSON object' };
    expect(normalized('message', payload)).toEqual(refused);
  });

  test.each<[string, Kind, string]>([
    ['a room without an id', 'resolution', '{"service":{"room_id":null},"resolved_by":null}'],
    ['another webhook', 'custom-button', sample('session')],
  ])('%s is refused, and says which field', (_, kind, payload) => {
    expect(normalized(kind, payload)).toEqual({
      outcome: 'refused',
      reason: expect.stringMatching(/^the payload does not fit: [a-z_.]+ must be/),
    });
  });

  test('values nested deeper than the stack are refused, not thrown', () => {
    const deep = `${'['.repeat(200_000)}${']'.repeat(200_000)}`;
    const payload = sample('custom-button').replace(
      '"notes": null',
      `"notes": null, "additional_info": ${deep}`,
    );
    expect(normalized('custom-button', payload)).toEqual({
      outcome: 'refused',
      reason: 'the payload is nested too deep',
    });
  });

  test('a payload that does not fit is refused with every field that does not', () => {
    const payload = changed('session', { payload: { room: { id: null } }, room_log: { name: [] } });
    const refused = normalized('session', payload);
    expect(refused).toEqual({
      outcome: 'refused',
      reason: expect.stringMatching(/^the payload does not fit: /),
    });
    const reason = 'reason' in refused ? refused.reason : '';
    const fields = reason
      .replace(/^.*?: /, '')
      .split('; ')
      .map((problem) => problem.split(' ')[0]);
    expect(fields.sort()).toEqual(['payload.room.id', 'room_log.name']);
  });

  test.each([
    [new TypeError('secret'), 'mapping it threw an error (TypeError): a bug of ours'],
    ['secret', 'mapping it threw an error (unknown): a bug of ours'],
    [new RangeError('secret'), 'the payload is nested too deep'],
  ])('a mapping that throws %o refuses the event, and quotes nothing', (thrown, reason) => {
    const failing = defineNormalizer(sessionWebhook, () => {
      throw thrown;
    });
    expect(failing(event('session', ''), sample('session'))).toEqual({ outcome: 'refused', reason });
  });

  test('an event of no known webhook has no row', () => {
    expect(normalized('unrecognized', '{}')).toEqual({ outcome: 'none' });
  });
});
