import { type } from 'arktype';
import { describe, expect, test } from 'vitest';
import type { JsonObject } from '../../schemas/json.ts';
import { message } from '../../schemas/message.ts';
import { recognize } from '../../schemas/recognize.ts';
import { problemsOf } from '../../schemas/webhook.ts';

const kindOf = (body: JsonObject) => recognize(body).kind;

describe('as little as this tells what a body is', () => {
  const room = { room: { id: 1 } };

  test.each<[string, JsonObject]>([
    ['session', { webhook_type: 'NEW_SESSION_WEBHOOK', payload: room }],
    ['session', { room_log: null, payload: room }],
    ['session', { is_new_session: 'true', payload: room }],
    ['resolution', { service: { room_id: 1 }, resolved_by: null }],
    ['resolution', { service: { room_id: 1, is_resolved: true } }],
    ['resolution', { service: { room_id: 1, first_comment_id: 1 } }],
    ['resolution', { service: { room_id: 1, last_comment_id: 1 } }],
    ['allocation', { room_id: 1, candidate_agent: null }],
    ['allocation', { room_id: 1, latest_service: null }],
  ])('%s: %j', (kind, body) => {
    expect(kindOf(body)).toBe(kind);
  });

  const button = ['channel_name', 'customer_properties', 'tag', 'additional_info'];
  test.each([
    ['agent', 'channel_type'],
    ...button.flatMap((mark) => [
      ['agent', mark],
      ['channel_type', mark],
    ]),
  ])('custom-button: a room with %s and %s', (one, other) => {
    expect(kindOf({ room_id: 1, [one]: null, [other]: null })).toBe('custom-button');
  });

  const customer = ['app_id', 'app_code', 'source', 'channel', 'email', 'avatar_url', 'extras'];
  test.each(customer)('allocation: how a room stands, with the name of its customer and %s', (member) => {
    for (const state of ['is_resolved', 'is_new_session']) {
      expect(kindOf({ room_id: 1, [state]: false, name: 'A', [member]: null })).toBe('allocation');
      expect(kindOf({ room_id: 1, [state]: false, [member]: null })).toBe('unrecognized');
    }
  });

  const ofOthers = ['payload', 'service', 'resolved_by', 'agent', 'customer', 'channel_type', 'tag'];
  test.each(ofOthers)(
    'no allocation: a room with its customer, and with %s, which an allocation never has',
    (member) => {
      const body = { room_id: 1, is_resolved: false, name: 'A', email: 'a', source: 'wa' };
      expect(kindOf(body)).toBe('allocation');
      expect(kindOf({ ...body, [member]: null })).toBe('unrecognized');
    },
  );
});

describe('what names an event, and what does not', () => {
  const SENT = '2023-09-20T04:39:59Z';
  const identityOf = (body: JsonObject) => {
    const recognized = recognize(body);
    return recognized.kind === 'unrecognized' ? recognized.problems : recognized.identity;
  };
  const logout = (id: unknown, timestamp: unknown) => ({
    payload: { action: 'logout', timestamp, user: { id } },
  });
  const session = (id: unknown, opened: unknown, timestamp: unknown) => ({
    payload: { room: { id }, message: { timestamp } },
    room_log: { created_at: opened },
  });
  const resolution = (id: unknown, last: unknown) => ({
    service: { id, room_id: 7, last_comment_id: last },
    resolved_by: null,
  });
  const posted = (room: unknown, id: unknown, email: unknown) => ({
    type: 'post_comment_rest',
    payload: { from: { id, email }, room: { id: room }, message: { id: 9, type: 'text', text: 'a' } },
  });

  test.each<[string, JsonObject, string[] | undefined]>([
    ['a logout: user and time', logout(1, 1_669_004_080), ['1', '1669004080', 'logout']],
    ['no logout of nobody', logout('0', 1_669_004_080), undefined],
    ['no logout at no time', logout(1, 0), undefined],
    ['a session: its room, with when it opened', session(1, SENT, null), ['1', SENT, '']],
    ['a session: its room, with its first message', session(1, 0, SENT), ['1', '0', SENT]],
    ['no session in no room', session('0', SENT, SENT), undefined],
    ['no session without any time', session(1, null, 0), undefined],
    ['a resolution: its service', resolution(1, 0), ['1', '7', '']],
    ['a resolution: its last comment', resolution(0, 2), ['', '7', '2']],
    ['no resolution by its room alone', resolution('0', null), undefined],
    ['a message: its id, with its room', posted(7, 0, ''), ['id', '9', '7', '', '', 'text', 'a']],
    ['a message: its id, with who sent it', posted('0', 5, ''), ['id', '9', '', '5', '', 'text', 'a']],
    [
      'a message: its id, with the address of who sent it',
      posted('0', 0, 'b'),
      ['id', '9', '', '', 'b', 'text', 'a'],
    ],
    ['no message by its id alone', posted('0', 0, ''), undefined],
  ])('%s', (_, body, identity) => {
    expect(identityOf(body)).toEqual(identity);
  });
});

describe('what does not fit is told for a person', () => {
  test('a message has a type', () => {
    expect(message.describe({ payload: { room: { id: 1 }, message: {} } })).toEqual({
      problems: ['type must be text that begins with post_comment, here or in the payload'],
    });
  });

  test('a logout is claimed by its user, or by its type', () => {
    expect(recognize({ payload: { action: 'logout' } })).toMatchObject({
      problems: [expect.stringContaining('the marks of none')],
    });
    expect(recognize({ type: 'auth', payload: { action: 'logout' } })).toMatchObject({
      problems: [expect.stringContaining('payload.user must be')],
    });
  });

  test('what is wrong as a whole is called the body', () => {
    const errors = type({ a: 'number' })(5);
    expect(errors instanceof type.errors ? problemsOf(errors) : []).toEqual(['the body must be an object']);
  });
});
