import type { IHeaders, KafkaMessage } from 'kafkajs';
import { describe, expect, test } from 'vitest';
import { deadLetterRow } from '../../consumer/intake/dead-letter-row.ts';
import { deadLetterId, deadLetterMessage, type Extent } from '../../consumer/settle/dead-letter.ts';
import type { Source } from '../../consumer/work.ts';
import { event } from './events.ts';

const FAILED_MS = Date.UTC(2026, 2, 4, 5, 6, 7, 890);
const KEY = Buffer.from([0, 255, 1]);
const VALUE = Buffer.from([0xc3, 0x28, 0, 0xff]);

function sourceOf(
  changes: { headers?: IHeaders | undefined; offset?: string },
  topic = 'q.session',
  partition = 3,
): Source {
  const message = {
    key: KEY,
    value: VALUE,
    headers: {},
    timestamp: '0',
    attributes: 0,
    offset: '41',
    ...changes,
  };
  // kafkajs's types do not know of messages without headers.
  return { topic, partition, message: message as KafkaMessage };
}

/** The dead letter of a message that could not be decoded, or of one that was an event. */
function letterOf(headers: IHeaders | undefined, extent?: Extent, isEvent = false) {
  const source = sourceOf({ headers });
  const work = { source, event: isEvent ? event('session', '{}') : undefined, rows: [], failure: undefined };
  return deadLetterMessage({ work, failure: { stage: 'decode', reason: 'no event' } }, FAILED_MS, extent);
}

const why = {
  dlq_stage: 'decode',
  dlq_reason: 'no event',
  dlq_topic: 'q.session',
  dlq_partition: '3',
  dlq_offset: '41',
  dlq_time: '2026-03-04T05:06:07.890Z',
};

describe('a dead letter', () => {
  test('is the message, byte for byte, and says why, where from and when, and that nothing is left out', () => {
    const odd = Buffer.from([0xfe, 0xff]);
    const headers = { dlq_id: deadLetterId(undefined, sourceOf({})), ...why };
    expect(letterOf({ odd })).toEqual({ key: KEY, value: VALUE, headers: { odd, ...headers } });
    expect(letterOf(undefined)).toEqual({ key: KEY, value: VALUE, headers });
  });

  test("of an event has the event's id", () => {
    expect(letterOf({}, 'whole', true).headers).toMatchObject({ dlq_id: event('session', '{}').id });
  });

  test('has no header of its own overwritten by one of the message', () => {
    expect(letterOf({ dlq_reason: Buffer.from('mine') }).headers).toMatchObject(why);
  });

  test('without its value keeps the key and all headers, and says what is missing and where it stands', () => {
    const odd = Buffer.from([0xfe, 0xff]);
    const letter = letterOf({ odd }, 'without value');
    expect(letter).toMatchObject({ key: KEY, value: null, headers: { odd, dlq_omitted: 'value' } });
    expect(letter.headers?.dlq_reason).toMatch(
      /^no event; its value is too large .* stands where it came from$/,
    );
  });

  test('of the place alone keeps the short headers that make an event, so that the books know it', () => {
    const short = Buffer.alloc(300, 'x');
    const headers = {
      ce_id: short,
      ce_long: Buffer.alloc(301),
      source_ce_id: short,
      odd: short,
      ce_none: null,
      ce_text: 'x',
    };
    const letter = letterOf(headers as unknown as IHeaders, 'place alone');
    expect(letter).toEqual({
      key: null,
      value: null,
      headers: {
        ce_id: short,
        dlq_omitted: 'key,value,headers',
        dlq_id: expect.any(String),
        ...why,
        dlq_reason: expect.stringMatching(/^no event; it is too large .* stands where it came from$/),
      },
    });
    expect(letterOf(undefined, 'place alone')).toMatchObject({
      key: null,
      value: null,
      headers: { dlq_stage: 'decode' },
    });
  });

  test('of the place alone stays small, however many short headers the message has', () => {
    const many = Array.from({ length: 500 }, (_, n) => [`ce_${n}`, Buffer.from('x')] as const);
    const { headers = {} } = letterOf(Object.fromEntries(many), 'place alone');
    expect(Object.keys(headers).filter((name) => name.startsWith('ce_'))).toEqual(
      many.slice(0, 20).map(([name]) => name),
    );
  });

  test('of no event has an id of its place alone, the same for ever, so that a replay adds no second letter', () => {
    const source = (topic: string, partition: number, offset: string) =>
      sourceOf({ offset }, topic, partition);
    expect(deadLetterId('abc', source('t', 1, '1'))).toBe('abc');
    expect(deadLetterId(undefined, source('t', 1, '1'))).toBe('18c239d286edbd506e1a03988c122f88');
    const places = [source('t', 1, '1'), source('t', 1, '2'), source('t', 2, '1'), source('u', 1, '1')];
    expect(new Set(places.map((place) => deadLetterId(undefined, place)))).toHaveLength(4);
  });
});

test('a header without a value holds nothing up, and no foreign message on the dead-letter topic makes a row that its table refuses', () => {
  // kafkajs gives null for such a header, which its types do not know, and throws when it is to send one.
  const headers = { none: null, some: [null, 'one'] } as unknown as IHeaders;
  const message = { key: null, value: null, headers, timestamp: '0', attributes: 0, offset: '3' };
  const source = { topic: 'q.session', partition: 0, message };
  const work = { source, event: undefined, rows: [], failure: undefined };
  const letter = deadLetterMessage({ work, failure: { stage: 'decode', reason: 'none' } }, 0);
  expect(letter.headers).toMatchObject({ none: Buffer.alloc(0), some: [Buffer.alloc(0), 'one'] });

  const foreign = { dlq_id: 'mine', dlq_partition: '-1', dlq_offset: '1e99', dlq_time: 'noon', ...headers };
  expect(deadLetterRow({ ...source, message: { ...message, headers: foreign } })).toMatchObject({
    id: expect.stringMatching(/^[0-9a-f]{32}$/),
    partition: 0,
    offset: '0',
    failed_at: '1970-01-01 00:00:00.000',
    headers: { none: '', some: `,${Buffer.from('one').toString('base64')}` },
    key: null,
    value: null,
  });
});
