import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { identify, shardKeyOf } from '../../schemas/identify.ts';
import { recognize } from '../../schemas/recognize.ts';

const RECEIVED_MS = Date.UTC(2026, 2, 4, 5, 6, 7, 890);

const captured = (name: string) => readFileSync(new URL(`../${name}.json`, import.meta.url), 'utf8');

/** What a body that arrives at a time is known by. */
function ids(body: string, receivedMs = RECEIVED_MS) {
  return identify({ app: 'demo', recognized: recognize(JSON.parse(body)), body, receivedMs });
}

// Ids that another release would make otherwise: what it is sent again would be stored and counted twice.
describe('an event keeps its id over all releases', () => {
  test.each([
    ['samples/agent-logout.agent', '3ff86889c46f9f5fa5831a28746978f7'],
    ['samples/session', 'c639bb7090d1b970f2ac8369376da489'],
    ['field/resolution-rewritten-email-1', '9f88d512fcdebd2222b2ac9b2b55db32'],
    ['field/message-same-temp-id-a', '2f33258c8efceb2b7b5c3513dbe69f54'],
    ['samples/allocation', 'd8a8d2c91e75de2582375c734a29b8fb'],
    ['samples/custom-button', 'b59bc595753682ad5ed46575d8b2068c'],
  ])('%s', (name, id) => {
    expect(ids(captured(name)).id).toBe(id);
  });

  test('a message that has the id which the vendor gave it', () => {
    const body = JSON.parse(captured('samples/message'));
    body.payload.message.id = 9;
    expect(ids(JSON.stringify(body)).id).toBe('4dd8090f12a096ebfde2f7fb2018df27');
  });

  test('what is unrecognized', () => {
    expect(ids('{"hello":"world"}').id).toBe('e50e20dfe83aec4e72291246684e8117');
  });
});

describe('a body that names no event', () => {
  const WINDOW_MS = Math.floor(RECEIVED_MS / 10_000) * 10_000;
  const { id, retryOf } = ids('{}', WINDOW_MS);

  test('is the same within ten seconds by the clock, and known by the ids of those before and after', () => {
    expect(ids('{}', WINDOW_MS + 9_999).id).toBe(id);
    expect(retryOf?.ids).toEqual([ids('{}', WINDOW_MS - 1).id, ids('{}', WINDOW_MS + 10_000).id]);
    expect(retryOf).toMatchObject({
      receivedAfterMs: WINDOW_MS - 10_000,
      receivedBeforeMs: WINDOW_MS + 10_000,
    });
  });

  test('is another one for another app, kind or body', () => {
    const recognized = recognize({});
    const arrival = { app: 'demo', recognized, body: '{}', receivedMs: WINDOW_MS };
    const allocation = { kind: 'allocation', identity: undefined, subject: '', times: [] } as const;
    const others = [{ app: 'other' }, { body: '{} ' }, { recognized: allocation }];
    for (const change of others) expect(identify({ ...arrival, ...change }).id).not.toBe(id);
  });

  test('finds its retries in the outbox of its key, or when it has none, of its bytes', () => {
    const later = ids('{}', WINDOW_MS + 10_000);
    expect(later.digest).toMatch(/^[0-9a-f]{64}$/);
    expect(shardKeyOf('unrecognized', id, ids('{}', WINDOW_MS))).toBe(later.digest);
    expect(shardKeyOf('allocation', '7', later)).toBe('7');
  });
});

test('an event that names itself is looked for under no other id', () => {
  expect(ids(captured('samples/session'))).toEqual({
    id: expect.stringMatching(/^[0-9a-f]{32}$/),
    retryOf: undefined,
    digest: undefined,
  });
});
