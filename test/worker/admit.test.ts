import { describe, expect, test } from 'vitest';
import { type Admission, admit } from '../../worker/admit/admit.ts';
import { createAuthenticator } from '../../worker/admit/authenticate.ts';
import { createRedactor } from '../../worker/admit/redact.ts';
import { readSettings } from '../../worker/config.ts';

const settings = readSettings({
  KAFKA_BROKERS: 'a:1',
  WEBHOOK_TOKENS: '{"demo":["local-token"]}',
  ADMIN_TOKEN: 'local-admin',
  MAX_BODY_BYTES: '1000',
});
const ADMISSION: Admission = {
  authenticator: createAuthenticator(settings),
  redact: createRedactor(settings.REDACT_KEYS),
  privacy: new Map(),
  settings,
};
const RECEIVED_MS = Date.UTC(2026, 2, 4, 5, 6, 7, 890);
const IMPORT = {
  authorization: 'Bearer local-admin',
  'x-received-at': new Date(RECEIVED_MS).toISOString(),
};
const OPENED_MS = RECEIVED_MS - 60_000;
const SESSION = JSON.stringify({
  webhook_type: 'NEW_SESSION_WEBHOOK',
  payload: { room: { id: 7 }, message: { timestamp: new Date(OPENED_MS).toISOString() } },
});

/** Has a body admitted that is posted to an app's way in. */
function posted(
  body: string,
  headers: Record<string, string> = IMPORT,
  entrance = { app: 'demo', token: 'local-token' },
) {
  const request = new Request('http://edge', { method: 'POST', body, headers });
  return admit(request, entrance, ADMISSION);
}

describe('a webhook becomes an event', () => {
  test('with its id, key and times, and nothing to complain of', async () => {
    expect(await posted(SESSION)).toEqual({
      outcome: 'admitted',
      event: {
        id: expect.stringMatching(/^[0-9a-f]{32}$/),
        retryOf: undefined,
        app: 'demo',
        kind: 'session',
        subject: '7',
        occurredMs: OPENED_MS,
        receivedMs: RECEIVED_MS,
        payload: SESSION,
        traceparent: undefined,
      },
      shardKey: '7',
      problems: [],
    });
  });

  test('also when nobody here knows what it is: under its own id, found again by its bytes, with the reason', async () => {
    const ending = await posted('{"hello":"world"}');
    expect(ending).toMatchObject({
      event: { kind: 'unrecognized', occurredMs: RECEIVED_MS, payload: '{"hello":"world"}' },
      shardKey: expect.stringMatching(/^[0-9a-f]{64}$/),
      problems: ['the body has the marks of none of the webhooks known here'],
    });
    if (ending.outcome === 'admitted') expect(ending.event.subject).toBe(ending.event.id);
  });

  test('that happened when it was received, where its own time cannot be', async () => {
    const day = 86_400_000;
    const at = (ms: number) => SESSION.replace(new Date(OPENED_MS).toISOString(), new Date(ms).toISOString());
    expect(await posted(at(RECEIVED_MS + day))).toMatchObject({ event: { occurredMs: RECEIVED_MS + day } });
    expect(await posted(at(RECEIVED_MS + day + 1))).toMatchObject({ event: { occurredMs: RECEIVED_MS } });
  });

  const TRACE = `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01`;
  test.each([
    [TRACE, TRACE],
    [`cc${TRACE.slice(2)}-what-comes-later`, TRACE],
    [`00-${'0'.repeat(32)}-${'b'.repeat(16)}-01`, undefined],
    [`${TRACE}, ${TRACE}`, undefined],
    [`${TRACE}0`, undefined],
    [`0${TRACE}`, undefined],
    [TRACE.toUpperCase(), undefined],
    ['', undefined],
    [TRACE.replaceAll('-', ''), undefined],
  ])('with the trace %j as %j', async (traceparent, expected) => {
    const ending = await posted(SESSION, { ...IMPORT, traceparent });
    expect(ending).toHaveProperty('event.traceparent', expected);
  });
});

describe('a webhook is refused', () => {
  test.each([
    [{ app: 'demo', token: 'other-token' }],
    [{ app: 'other', token: 'local-token' }],
    [{ app: 'demo', token: '' }],
    [{ app: '', token: 'local-token' }],
    [{ app: 'demo', token: '%E0%A4%A' }],
  ])('from %j, before anything else is looked at', async (entrance) => {
    const headers = { ...IMPORT, 'x-received-at': 'never' };
    expect(await posted('no JSON', headers, entrance)).toEqual({ outcome: 'unauthorized' });
  });

  test('as an import from no time, or from the future', async () => {
    for (const at of ['never', '2999-01-01T00:00:00Z']) {
      expect(await posted(SESSION, { ...IMPORT, 'x-received-at': at })).toEqual({
        outcome: 'bad-received-at',
      });
    }
  });

  test.each(['', 'no JSON', '[]', 'null', '7', '"{}"', '{"a":1', '{"a":1} {}'])(
    'when %j stands where an object should',
    async (body) => {
      expect(await posted(body)).toEqual({ outcome: 'not-json', reason: 'it does not parse as one' });
    },
  );

  test('when it is too large', async () => {
    expect(await posted(`{"a":"${'x'.repeat(1_000)}"}`)).toEqual({ outcome: 'too-large', maxBytes: 1_000 });
  });
});
