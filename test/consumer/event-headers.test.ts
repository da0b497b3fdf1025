import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { rfc3339 } from '../../schemas/date-time.ts';
import { fromMessage, toMessage } from '../../schemas/event.ts';
import { event } from './events.ts';

const read = (headers: Record<string, string>) => {
  const message = toMessage(event('session', '{}'));
  return fromMessage({ ...message, headers: { ...message.headers, ...headers } });
};

describe('a time in a header', () => {
  test.each([
    '2026-W05-1', // a date of ISO 8601, and none that Date knows
    '20260304T050607Z',
    '2026-03-04T05:06:07,5Z',
    '2026-063T05:06:07Z',
    '2026-03-04',
    '2026-03-04T05:06Z',
    '2026-03-04T05:06:07', // whose time?
    '2026-03-04T05:06:07+0100',
    '2026-02-29T05:06:07Z',
    '2026-13-01T05:06:07Z',
    '2026-03-00T05:06:07Z',
    '2026-03-04T24:00:00Z',
    '2026-03-04T05:06:60Z',
    '2026-03-04T05:06:07+24:00',
    '1899-12-31T23:59:59.999Z', // beyond DateTime64
    '2299-01-01T00:00:00Z',
    '+010000-01-01T00:00:00Z',
    '+002026-03-04T05:06:07Z',
    '2026-03-04T05:06:07Z\n',
    'now',
    '',
  ])('that is %s makes the message a dead letter', (spelled) => {
    for (const name of ['ce_time', 'ce_receivedtime']) {
      expect(read({ [name]: spelled })).toEqual({ problem: expect.stringContaining(`${name} must be`) });
      expect(JSON.stringify(read({ [name]: `${spelled}Jane` }))).not.toContain('Jane');
    }
  });

  test.each([
    ['2026-03-04T05:06:07Z', Date.UTC(2026, 2, 4, 5, 6, 7)],
    ['2026-03-04t05:06:07.123456z', Date.UTC(2026, 2, 4, 5, 6, 7, 123)],
    ['2026-03-04T05:06:07+07:00', Date.UTC(2026, 2, 3, 22, 6, 7)],
    ['2026-03-04T05:06:07+23:59', Date.UTC(2026, 2, 3, 5, 7, 7)],
    ['2024-02-29T00:00:00-00:30', Date.UTC(2024, 1, 29, 0, 30)],
    ['1900-01-01T00:00:00Z', Date.UTC(1900, 0, 1)],
    ['2298-12-31T23:59:59.999Z', Date.UTC(2299, 0, 1) - 1],
  ])('that is %s is read', (spelled, ms) => {
    expect(read({ ce_time: spelled })).toMatchObject({ occurredMs: ms });
  });

  test('never is a date that does not exist, whatever it looks like', () => {
    const digits = fc.string({ unit: fc.constantFrom(...'0123456789-:.TZW+,'), maxLength: 30 });
    const nearly = fc
      .tuple(fc.nat(9_999), fc.nat(14), fc.nat(33), fc.nat(25), fc.nat(61))
      .map(([y, mo, d, h, mi]) => `${pad(y, 4)}-${pad(mo, 2)}-${pad(d, 2)}T${pad(h, 2)}:${pad(mi, 2)}:00Z`);
    fc.assert(
      fc.property(fc.oneof(digits, nearly), (spelled) => {
        const ms = rfc3339(spelled);
        if (ms !== undefined && spelled.endsWith(':00Z')) {
          expect(new Date(ms).toISOString()).toBe(spelled.replace('Z', '.000Z'));
        }
      }),
      { numRuns: 3_000, seed: 1 },
    );
  });
});

describe('a sequence number', () => {
  test('is read up to 2^53 - 1', () => {
    expect(read({ ce_sequence: '00009007199254740991' })).toMatchObject({ sequence: 9_007_199_254_740_991 });
  });

  test.each([
    '00009007199254740992', // would be the number of another event
    '00009007199254740993',
    '99999999999999999999',
    '0000000000000000001',
    '-0000000000000000001',
    '0000000000000000000１',
  ])('that is %s makes the message a dead letter', (digits) => {
    expect(read({ ce_sequence: digits })).toEqual({
      problem: expect.stringContaining('ce_sequence must be'),
    });
  });
});

function pad(value: number, length: number): string {
  return String(value).padStart(length, '0');
}
