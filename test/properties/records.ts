import { createHash } from 'node:crypto';
import fc from 'fast-check';
import type { IHeaders } from 'kafkajs';
import { type StreamEvent, toMessage } from '../../schemas/event.ts';
import { KINDS } from '../../schemas/webhooks.ts';
import { damagedSample } from './bodies.ts';
import { print } from './json.ts';

/** What may stand in a topic, whoever wrote it there. */
export interface StrangeRecord {
  readonly key: Buffer | null;
  readonly value: Buffer | null;
  readonly headers: IHeaders;
  readonly timestamp: string;
}

const RECEIVED_MS = Date.UTC(2026, 2, 4, 5, 6, 7, 890);
const MEGABYTE = 1_000_000;

const TIMES = [
  ...['2026-W05-1', '20260304T050607Z', '2026-03-04T05:06:07,5Z', '2026-063', '2026-02-30T00:00:00Z', 'now'],
  ...['0000-00-00T00:00:00Z', '1899-12-31T23:59:59Z', '2299-01-01T00:00:00Z', '+275760-09-13T00:00:00.000Z'],
  ...['9999-12-31T23:59:59Z', '2026-03-04T24:00:00Z', '2026-03-04T05:06:60Z', '2026-03-04t05:06:07.123456z'],
];
const SEQUENCES = [
  '0'.repeat(20),
  '9'.repeat(20),
  '00009007199254740993',
  '18446744073709551615',
  '-1',
  '１',
];
const TIMESTAMPS = [
  '0',
  '-1',
  '1',
  '8640000000000001',
  '9223372036854775807',
  '253402300800000',
  '1770000000000',
];

const bytes = fc.oneof(
  fc.constant(Buffer.alloc(0)),
  fc.constant(Buffer.from([0xff, 0xfe, 0xc3, 0x28])),
  fc.constant(Buffer.from('\u0000\ufeff')),
  fc.uint8Array({ maxLength: 40 }).map((array) => Buffer.from(array)),
);
// Kafka has headers without a value, which kafkajs's types do not know.
const headerValue = fc.oneof(bytes, fc.constant(null as unknown as Buffer));
const headerValues = fc.oneof(headerValue, fc.array(headerValue, { minLength: 2, maxLength: 3 }));
const headerName = fc.oneof(
  fc.constantFrom('__proto__', 'constructor', 'dlq_id', 'dlq_time', 'dlq_omitted', 'x', ''),
  fc.string({ maxLength: 5 }),
);
const spelled = (all: readonly string[]) => fc.constantFrom(...all).map((each) => Buffer.from(each));

/** One thing about an event's headers that is not as it should be; or nothing. */
const headerDamage: fc.Arbitrary<Record<string, unknown>> = fc.oneof(
  fc.constant({}),
  fc
    .constantFrom('ce_time', 'ce_receivedtime')
    .chain((name) => spelled(TIMES).map((each) => ({ [name]: each }))),
  spelled(SEQUENCES).map((each) => ({ ce_sequence: each })),
  fc
    .tuple(
      fc.constantFrom('ce_id', 'ce_type', 'ce_source', 'ce_subject', 'ce_outbox', 'traceparent'),
      headerValues,
    )
    .map(([name, values]) => ({ [name]: values })),
  fc.constantFrom('ce_id', 'ce_time', 'ce_sequence', 'ce_outbox').map((name) => ({ [name]: undefined })),
  fc.dictionary(headerName, headerValues, { maxKeys: 4 }),
);

const value = fc.oneof(
  { weight: 6, arbitrary: damagedSample.map((json) => Buffer.from(print(json))) },
  { weight: 2, arbitrary: bytes },
  { weight: 1, arbitrary: fc.constant(null) },
  { weight: 1, arbitrary: fc.constantFrom(0x20, 0x7b, 0xff).map((byte) => Buffer.alloc(MEGABYTE, byte)) },
);

/** A record that began as an event, or never was one. */
export const strangeRecord: fc.Arbitrary<StrangeRecord> = fc
  .record({
    // Two of one number would be one event.
    number: fc.noBias(fc.bigInt({ min: 0n, max: 2n ** 50n })),
    kind: fc.constantFrom(...KINDS),
    isBare: fc.nat(5).map((one) => one === 0),
    damage: headerDamage,
    key: fc.option(bytes),
    value,
    timestamp: fc.constantFrom(...TIMESTAMPS),
  })
  .map(({ number, kind, isBare, damage, key, value: bytesOfValue, timestamp }) => {
    const event = { ...eventOf(number), kind, payload: '' };
    const own = isBare ? {} : toMessage(event).headers;
    const merged = Object.entries({ ...own, ...damage }).filter(([, each]) => each !== undefined);
    return { key, value: bytesOfValue, headers: Object.fromEntries(merged) as IHeaders, timestamp };
  });

function eventOf(number: bigint): Omit<StreamEvent, 'kind' | 'payload'> {
  return {
    id: createHash('sha256').update(String(number)).digest('hex').slice(0, 32),
    app: 'strange',
    subject: 'room',
    occurredMs: RECEIVED_MS - 1_000,
    receivedMs: RECEIVED_MS,
    outbox: 'strange/0',
    sequence: Number(number) + 1,
  };
}
