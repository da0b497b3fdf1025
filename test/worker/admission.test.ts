import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { createAuthenticator } from '../../worker/admit/authenticate.ts';
import { readBody } from '../../worker/admit/body.ts';
import { receivedAt } from '../../worker/admit/received-at.ts';
import { readSettings } from '../../worker/config.ts';

describe('a body may have as many bytes as its cap, and not one more', () => {
  const CAP = 1_000;
  const DRAINED = 10_000_000;
  // Two bytes each.
  const text = (bytes: number) => 'é'.repeat(bytes / 2);

  const announced = (bytes: number) =>
    new Request('http://edge', {
      method: 'POST',
      body: text(bytes),
      headers: { 'content-length': String(bytes) },
    });
  const streamed = (bytes: number) =>
    new Request('http://edge', {
      method: 'POST',
      body: new Blob([text(bytes)]).stream(),
      duplex: 'half',
    } as RequestInit);
  const packed = (bytes: number) => {
    const body = gzipSync(text(bytes));
    const headers = { 'content-encoding': ' GZIP ', 'content-length': String(body.length) };
    return new Request('http://edge', { method: 'POST', body, headers });
  };

  test.each([
    ['of announced length', announced],
    ['streamed', streamed],
    ['packed', packed],
  ])('%s', async (_, request) => {
    expect(await readBody(request(CAP), CAP)).toEqual({ outcome: 'read', text: text(CAP) });
    expect(await readBody(request(CAP + 2), CAP)).toEqual({ outcome: 'too-large', maxBytes: CAP });
    expect(await readBody(request(CAP), CAP - 1)).toEqual({ outcome: 'too-large', maxBytes: CAP - 1 });
  });

  test('an empty one is read, and so is none', async () => {
    expect(await readBody(announced(0), CAP)).toEqual({ outcome: 'read', text: '' });
    const none = new Request('http://edge', { method: 'POST' });
    expect(await readBody(none, CAP)).toEqual({ outcome: 'read', text: '' });
  });

  test('bytes that are no UTF-8, or not what they are packed as, are told apart from a body that was cut short', async () => {
    const headers = { 'content-encoding': 'gzip' };
    const whole = gzipSync('{"a":"some text to be packed"}');
    const damaged = [
      new Request('http://edge', { method: 'POST', body: new Uint8Array([0x7b, 0xff, 0x7d]) }),
      new Request('http://edge', { method: 'POST', body: 'not packed', headers }),
      new Request('http://edge', { method: 'POST', body: whole.subarray(0, 20), headers }),
    ];
    for (const request of damaged) {
      const reason = 'its bytes could not be decoded';
      expect(await readBody(request, CAP)).toEqual({ outcome: 'not-json', reason });
    }
    const ending = new ReadableStream({ pull: (controller) => controller.error(new Error('hung up')) });
    const cut = new Request('http://edge', { method: 'POST', body: ending, duplex: 'half' } as RequestInit);
    expect(await readBody(cut, CAP)).toEqual({ outcome: 'not-json', reason: 'it was cut short' });
  });

  test('a byte order mark is no part of the text; a packed nothing is nothing', async () => {
    const marked = new Request('http://edge', { method: 'POST', body: '\ufeff{}' });
    expect(await readBody(marked, CAP)).toEqual({ outcome: 'read', text: '{}' });
    const headers = { 'content-encoding': 'gzip' };
    const nothing = new Request('http://edge', { method: 'POST', headers });
    expect(await readBody(nothing, CAP)).toEqual({ outcome: 'read', text: '' });
  });

  /** A body of that length: how much of it was asked for is seen in `asked`. */
  function counted(bytes: number, headers: Record<string, string> = {}) {
    const seen = { asked: 0, isCancelled: false };
    const chunk = new Uint8Array(100_000);
    const body = new ReadableStream<Uint8Array>({
      pull: (controller) => {
        const rest = bytes - seen.asked;
        seen.asked += Math.min(rest, chunk.length);
        if (rest > 0) controller.enqueue(chunk.subarray(0, rest));
        else controller.close();
      },
      cancel: () => {
        seen.isCancelled = true;
      },
    });
    const init = { method: 'POST', body, duplex: 'half', headers } as RequestInit;
    return { seen, request: new Request('http://edge', init) };
  }

  test('a sender of a little more is heard to its end, so that it sees the answer; of much more, not', async () => {
    const little = counted(CAP + DRAINED);
    expect(await readBody(little.request, CAP)).toMatchObject({ outcome: 'too-large' });
    expect(little.seen).toEqual({ asked: CAP + DRAINED, isCancelled: false });
    const much = counted(3 * DRAINED);
    expect(await readBody(much.request, CAP)).toMatchObject({ outcome: 'too-large' });
    expect(much.seen.isCancelled).toBe(true);
    expect(much.seen.asked).toBeLessThan(2 * DRAINED);
  });

  test('what announces much more is not read at all', async () => {
    const little = counted(CAP + DRAINED, { 'content-length': String(CAP + DRAINED) });
    expect(await readBody(little.request, CAP)).toMatchObject({ outcome: 'too-large' });
    expect(little.seen.asked).toBe(CAP + DRAINED);
    const much = counted(CAP + DRAINED + 1, { 'content-length': String(CAP + DRAINED + 1) });
    expect(await readBody(much.request, CAP)).toMatchObject({ outcome: 'too-large' });
    expect(much.seen.asked).toBeLessThan(DRAINED);
  });
});

describe('the time of receipt', () => {
  const nowMs = Date.UTC(2026, 10, 26, 12);
  const at = (header: string, isAdmin = true) =>
    receivedAt(new Request('http://edge', { headers: { 'x-received-at': header } }), isAdmin, nowMs);

  test('may be this moment, and not a millisecond later', () => {
    expect(at('2026-11-26T12:00:00.000Z')).toBe(nowMs);
    expect(at('2026-11-26T12:00:00.001Z')).toBeUndefined();
  });

  test('may be the first of 1970, and not a millisecond before', () => {
    expect(at('1970-01-01T00:00:00.000Z')).toBe(0);
    expect(at('1969-12-31T23:59:59.999Z')).toBeUndefined();
  });

  test.each([
    '2026-01-02T03:04:05Z',
    '2026-01-02t03:04:05z',
    '2026-01-02 03:04:05Z',
    ' 2026-01-02T10:04:05.000+07:00 ',
  ])('is read from %j', (header) => expect(at(header)).toBe(Date.UTC(2026, 0, 2, 3, 4, 5)));

  test.each([
    '',
    'now',
    '2026-01-02',
    '2026-01-02T03:04:05',
    '2026-13-02T03:04:05Z',
    '2026-W05-1',
    '2026-01-02T03:04:05Z (UTC)',
    '+002026-01-02T03:04:05Z',
    '1767323045',
  ])('is not read from %j', (header) => expect(at(header)).toBeUndefined());

  test('is now without the header, and for all but the administrator', () => {
    expect(receivedAt(new Request('http://edge'), true, nowMs)).toBe(nowMs);
    expect(at('1999-01-01T00:00:00Z', false)).toBe(nowMs);
  });
});

describe('authentication', () => {
  const tokens = { one: ['first-of-one', 'second-of-one'], two: ['only-of-two'] };
  const authenticator = createAuthenticator(
    readSettings({
      KAFKA_BROKERS: 'a:1',
      WEBHOOK_TOKENS: JSON.stringify(tokens),
      ADMIN_TOKEN: 'the-admin-token',
    }),
  );

  test("takes each of an app's tokens, the last too, and no other app's", () => {
    expect(authenticator.isKnown('one', 'first-of-one')).toBe(true);
    expect(authenticator.isKnown('one', 'second-of-one')).toBe(true);
    expect(authenticator.isKnown('two', 'only-of-two')).toBe(true);
    expect(authenticator.isKnown('two', 'first-of-one')).toBe(false);
    expect(authenticator.isKnown('one', 'only-of-two')).toBe(false);
    expect(authenticator.isKnown('one', 'first-of-on')).toBe(false);
    expect(authenticator.isKnown('none', 'first-of-one')).toBe(false);
    expect(authenticator.isKnown('one', '')).toBe(false);
    expect(authenticator.isKnown('none', '')).toBe(false);
  });

  test.each([
    ['Bearer the-admin-token', true],
    ['bearer   the-admin-token', true],
    ['Bearer the-admin-token2', false],
    ['Bearer first-of-one', false],
    ['Basic the-admin-token', false],
    ['the-admin-token', false],
    ['Bearer the-admin-token x', false],
    ['x Bearer the-admin-token', false],
  ])('the header %j: the administrator: %s', (authorization, expected) => {
    expect(authenticator.isAdmin({ headers: new Headers({ authorization }) })).toBe(expected);
  });

  test("a request without the header is nobody's", () => {
    expect(authenticator.isAdmin({ headers: new Headers() })).toBe(false);
  });
});
