import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { type JsonObject, parseJson } from '../../schemas/json.ts';
import { recognize } from '../../schemas/recognize.ts';

const sample = (name: string) =>
  JSON.parse(readFileSync(new URL(`../samples/${name}.json`, import.meta.url), 'utf8'));

describe("each of the vendor's samples is known for what it is", () => {
  test.each([
    ['agent-logout.admin', 'agent-logout', '4001', [1669004080000]],
    ['agent-logout.agent', 'agent-logout', '100002', [1669004379000]],
    ['agent-logout.supervisor', 'agent-logout', '100001', [1669004271000]],
    ['session', 'session', '17xxxxxx', [Date.UTC(2023, 8, 20, 4, 39, 59)]],
    ['resolution', 'resolution', '00000000', []],
    ['message', 'message', '1', []],
    ['allocation', 'allocation', '1905692', []],
    ['custom-button', 'custom-button', '2', []],
  ])('%s', (name, kind, subject, times) => {
    expect(recognize(sample(name))).toMatchObject({ kind, subject, times });
  });
});

describe('what varies in the field changes neither kind nor key', () => {
  test('a room id as a number beyond 53 bits keeps its digits', () => {
    const body = parseJson(
      '{"service":{"id":1,"room_id":12345678901234567890},"resolved_by":null}',
    ) as JsonObject;
    expect(recognize(body)).toMatchObject({ kind: 'resolution', subject: '12345678901234567890' });
  });

  test('what stands where an id belongs and is none is kept as unrecognized', () => {
    const inRoom = (id: string) =>
      recognize(parseJson(`{"service":{"id":1,"room_id":${id}},"resolved_by":null}`) as JsonObject);
    expect(inRoom(`"${'x'.repeat(255)}"`)).toMatchObject({ kind: 'resolution' });
    // Longer than Kafka takes beside the body; a number that a double cannot tell from others.
    for (const id of [`"${'x'.repeat(256)}"`, '1e400', '1e16', '""', 'null', '[]']) {
      expect(inRoom(id), id.slice(0, 9)).toMatchObject({ kind: 'unrecognized' });
    }
  });

  test('ids as text, options as an object, flags as text, and unknown keys', () => {
    const body = sample('message');
    body.payload.room.id = '1';
    body.payload.message.unique_temp_id = 'temp-1';
    body.payload.message.unix_nano_timestamp = 1669004080123;
    body.new_field = { any: 'thing' };
    expect(recognize(body)).toMatchObject({
      identity: ['unique_temp_id', 'temp-1', '1', '1', 'user1@gmail.com', 'text', 'ini pesan'],
      subject: '1',
      times: [1669004080123],
    });
  });

  test('extras and room_log may be null', () => {
    const body = sample('session');
    body.room_log.extras = null;
    expect(recognize(body).kind).toBe('session');
    body.room_log = null;
    expect(recognize(body)).toMatchObject({
      kind: 'session',
      identity: ['17xxxxxx', '', '2023-09-20T04:39:59Z'],
    });
  });
});

describe('without anything that names an event, two of them are not made one', () => {
  test('a logout without its time has no natural identity', () => {
    const body = sample('agent-logout.agent');
    body.payload.timestamp = null;
    expect(recognize(body)).toMatchObject({ kind: 'agent-logout', identity: undefined });
  });

  test('a message id of 0 is none', () => {
    const body = sample('message');
    body.payload.message.id = '0';
    expect(recognize(body)).toMatchObject({ identity: undefined });
  });
});

describe('what does not fit is told by name, never quoted', () => {
  test('each field of a body that only claims to be a webhook', () => {
    const body = sample('agent-logout.agent');
    body.payload.action = 'a secret word';
    body.payload.user.id = { nested: 'another' };
    const recognized = recognize(body);
    expect(recognized).toMatchObject({ kind: 'unrecognized' });
    const problems = 'problems' in recognized ? recognized.problems.join('\n') : '';
    expect(problems).toContain('payload.action');
    expect(problems).toContain('payload.user.id');
    expect(problems).not.toMatch(/secret word|another/);
  });

  test('a body without the marks of any webhook', () => {
    expect(recognize({ hello: 'world' })).toMatchObject({
      kind: 'unrecognized',
      problems: [expect.stringContaining('none')],
    });
  });
});
