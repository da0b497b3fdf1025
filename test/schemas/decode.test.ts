import fc from 'fast-check';
import { describe, expect, expectTypeOf, test } from 'vitest';
import type { AgentLogoutBody } from '../../schemas/agent-logout.ts';
import type { AllocationBody } from '../../schemas/allocation.ts';
import type { CustomButtonBody } from '../../schemas/custom-button.ts';
import { decode, isQiscusEvent, type Payloads, type QiscusEvent } from '../../schemas/decode.ts';
import { FIXTURE_NAMES, fixture } from '../../schemas/fixtures.ts';
import type { JsonObject } from '../../schemas/json.ts';
import type { MessageBody } from '../../schemas/message.ts';
import type { ResolutionBody } from '../../schemas/resolution.ts';
import type { SessionBody } from '../../schemas/session.ts';
import { KINDS } from '../../schemas/webhooks.ts';

describe('decode', () => {
  test.each(FIXTURE_NAMES)('reads the fixture %s as an event of its kind', (name) => {
    const event = decode(fixture(name));
    expect(event).toMatchObject({ kind: name.split('.')[0], app: 'demo', outbox: 'demo/0' });
    expect(isQiscusEvent(event)).toBe(true);
  });

  test('narrows the payload by the kind', () => {
    const event = decode(fixture('session', { subject: '7', sequence: 12 }));
    if (event.kind !== 'session') throw new Error('no session');
    expectTypeOf(event.payload).toEqualTypeOf<Payloads['session']>();
    expect(event.payload.payload.message?.text).toBe('Halo');
    expect(event).toMatchObject({
      subject: '7',
      sequence: 12,
      receivedMs: Date.UTC(2026, 2, 4, 5, 6, 7, 890),
    });
    expect(new Set(FIXTURE_NAMES.map((name) => decode(fixture(name)).kind))).toEqual(new Set(KINDS));
  });

  test('keeps every digit of an id that a double cannot hold', () => {
    const event = decode({ ...fixture('allocation'), value: '{"room_id":12345678901234567891}' });
    expect(event).toMatchObject({ payload: { room_id: '12345678901234567891' } });
  });

  test.each([
    ['without a value', { value: null }, /no value/],
    ['whose value is no JSON', { value: '{' }, /not a JSON object/],
    ['whose value is a list', { value: '[]' }, /not a JSON object/],
    ['whose value is not UTF-8', { value: Buffer.from([0x22, 0xff, 0x22]) }, /not UTF-8/],
    ['whose payload is that of another kind', { value: '{"room_id":1}' }, /does not fit: payload must be/],
    ['without headers', { headers: undefined }, /headers do not fit/],
    [
      'with a header that comes twice',
      { headers: { ...fixture('session').headers, ce_id: ['a', 'b'] } },
      /ce_id/,
    ],
    [
      'with a header that has no value',
      { headers: { ...fixture('session').headers, ce_time: null } },
      /ce_time/,
    ],
    [
      'with a header that is not UTF-8',
      { headers: { ...fixture('session').headers, ce_subject: Buffer.from([0xff]) } },
      /not UTF-8/,
    ],
  ])('tells why a message %s is no event', (_, changes, problem) => {
    const told = decode({ ...fixture('session'), ...changes });
    expect(told).toEqual({ kind: 'not-an-event', problem: expect.stringMatching(problem) });
  });

  test('throws at nothing, whatever the bytes', () => {
    const bytes = fc.uint8Array({ maxLength: 60 }).map((each) => Buffer.from(each));
    const names = fc.constantFrom(...Object.keys(fixture('session').headers), '__proto__', 'ce_', 'x');
    const headers = fc.dictionary(names, fc.oneof(bytes, fc.string(), fc.constant(null), fc.array(bytes)));
    const value = fc.oneof(bytes, fc.json(), fc.constant(null));
    fc.assert(
      fc.property(headers, value, (some, each) => {
        decode({ headers: { ...fixture('message').headers, ...some }, value: each });
      }),
    );
  });

  test('gives the payloads the types that the edge recognizes them by', () => {
    expectTypeOf<Payloads['agent-logout']>().toEqualTypeOf<AgentLogoutBody>();
    expectTypeOf<Payloads['session']>().toEqualTypeOf<SessionBody>();
    expectTypeOf<Payloads['resolution']>().toEqualTypeOf<ResolutionBody>();
    expectTypeOf<Payloads['message']>().toEqualTypeOf<MessageBody>();
    expectTypeOf<Payloads['allocation']>().toEqualTypeOf<AllocationBody>();
    expectTypeOf<Payloads['custom-button']>().toEqualTypeOf<CustomButtonBody>();
    expectTypeOf<Extract<QiscusEvent, { kind: 'unrecognized' }>['payload']>().toEqualTypeOf<JsonObject>();
  });
});
