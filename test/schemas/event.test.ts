import { describe, expect, test } from 'vitest';
import { CANARY_APP } from '../../schemas/canary.ts';
import { fromMessage, isEvent, type StreamEvent, toMessage } from '../../schemas/event.ts';
import { deadLetterTopic, eventTopics, topicOf, topicOfEvent } from '../../schemas/topics.ts';

const EVENT: StreamEvent = {
  id: '0123456789abcdef0123456789abcdef',
  app: 'demo',
  kind: 'session',
  subject: '7',
  occurredMs: Date.UTC(2026, 2, 4, 5, 6, 7, 8),
  receivedMs: Date.UTC(2026, 2, 4, 5, 6, 9),
  outbox: 'demo/12',
  sequence: 42,
  payload: '{"a":1}',
};
const TRACEPARENT = `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01`;
const MESSAGE = {
  key: 'demo:7',
  value: '{"a":1}',
  headers: {
    ce_specversion: '1.0',
    ce_id: '0123456789abcdef0123456789abcdef',
    ce_type: 'com.qiscus.omnichannel.session',
    ce_source: '/qiscus/demo',
    ce_subject: '7',
    ce_time: '2026-03-04T05:06:07.008Z',
    ce_receivedtime: '2026-03-04T05:06:09.000Z',
    ce_outbox: 'demo/12',
    ce_sequence: '00000000000000000042',
    'content-type': 'application/json',
  },
};

/** What a message of these headers, beside the good ones, is read as. */
const read = (headers: Record<string, string | undefined>) =>
  fromMessage({ value: '{}', headers: { ...MESSAGE.headers, ...headers } });

describe('an event', () => {
  test('is one CloudEvent on Kafka, in binary mode', () => {
    expect(toMessage(EVENT)).toStrictEqual(MESSAGE);
    expect(toMessage({ ...EVENT, traceparent: TRACEPARENT }).headers).toEqual({
      ...MESSAGE.headers,
      traceparent: TRACEPARENT,
    });
  });

  test.each([undefined, TRACEPARENT])(
    'comes back from Kafka as it was sent, with the trace %s',
    (traceparent) => {
      const event = { ...EVENT, traceparent };
      const read = fromMessage(toMessage(event));
      expect(read).toEqual(event);
      expect(isEvent(read)).toBe(true);
    },
  );
});

describe('a message that is none of our events', () => {
  test('has no value, like the tombstones of a compacted topic', () => {
    const none = fromMessage({ value: null, headers: MESSAGE.headers });
    expect(none).toEqual({ problem: 'the message has no value' });
    expect(isEvent(none)).toBe(false);
  });

  test.each([
    ['ce_specversion', '0.3'],
    ['ce_id', '0123456789ABCDEF0123456789abcdef'],
    ['ce_id', '0123456789abcdef0123456789abcde'],
    ['ce_id', '0123456789abcdef0123456789abcdef0'],
    ['ce_id', '-0123456789abcdef0123456789abcdef'],
    ['ce_type', 'session'],
    ['ce_type', 'com.qiscus.omnichannel.'],
    ['ce_type', 'com.qiscus.omnichannel.other'],
    ['ce_source', '/qiscus/'],
    ['ce_source', 'a/qiscus/demo'],
    ['ce_source', '/other/demo'],
    ['ce_source', '/qiscus/demo\n'],
    ['ce_outbox', '\ndemo/12'],
    ['ce_outbox', 'demo'],
    ['ce_outbox', '/3'],
    ['ce_outbox', 'demo/'],
    ['ce_outbox', 'demo/3a'],
    ['ce_sequence', '0000000000000000004a'],
    ['ce_sequence', '000000000000000000042'],
    ['ce_sequence', '-00000000000000000042'],
  ])('has %s %j, which is named and not quoted', (name, value) => {
    const other = read({ [name]: value });
    expect(other).toEqual({
      problem: expect.stringMatching(`^its CloudEvents headers do not fit: ${name} must be `),
    });
  });

  test('lacks a header, or several, and each is named', () => {
    const names = Object.keys(MESSAGE.headers).filter((name) => name.startsWith('ce_'));
    for (const name of names)
      expect(read({ [name]: undefined })).toHaveProperty('problem', expect.stringContaining(name));
    expect(read({ ce_time: 'now', ce_sequence: String(2 ** 53).padStart(20, '0') })).toEqual({
      problem:
        'its CloudEvents headers do not fit: ce_sequence must be at most 2^53 - 1, ce_time must be a time of RFC 3339 ' +
        'between 1900 and 2298',
    });
  });
});

test("a canary goes to a topic of its own, whatever its kind, and another app's event to that of its kind", () => {
  const topicsOf = (app: string) => topicOfEvent('qiscus.', { app, kind: 'unrecognized' });
  expect(topicsOf(CANARY_APP)).toBe('qiscus.canary');
  expect(topicsOf('canary')).toBe('qiscus.unrecognized');
  expect(eventTopics('qiscus.')).not.toContain('qiscus.canary');
});

test('each kind has a topic of its own, and dead letters have another', () => {
  const topics = eventTopics('qiscus.');
  expect(topics).toEqual([
    ...['qiscus.agent-logout', 'qiscus.session', 'qiscus.resolution', 'qiscus.message'],
    ...['qiscus.allocation', 'qiscus.custom-button', 'qiscus.unrecognized'],
  ]);
  expect(topicOf('a.', 'session')).toBe('a.session');
  expect(topics).not.toContain(deadLetterTopic('qiscus.'));
  expect(deadLetterTopic('qiscus.')).toBe('qiscus.dead-letter');
});
