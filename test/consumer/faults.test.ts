import { ClickHouseError } from '@clickhouse/client';
import { describe, expect, test } from 'vitest';
import { describeFault, type InsertFault, insertFault } from '../../consumer/persist/faults.ts';
import { sendFault } from '../../schemas/group/send-faults.ts';

/** Written a second time, so that a number that changes its meaning is noticed. */
const TABLE: Readonly<Record<Exclude<InsertFault, 'transient'>, readonly number[]>> = {
  poison: [
    6, 25, 26, 27, 33, 38, 41, 53, 69, 70, 72, 128, 131, 190, 246, 248, 306, 321, 349, 407, 467, 469, 675,
    676,
  ],
  table: [8, 10, 16, 20, 44, 47, 48, 50, 60, 81, 117, 164, 201, 218, 243, 291, 452, 497],
  fatal: [192, 193, 194, 516],
};
const LAST_CODE = 1_100;

const clickHouse = (code: number) =>
  new ClickHouseError({ message: 'the row was: secret', code: String(code), type: 'KIND' });

describe("ClickHouse's numbers", () => {
  test.each(Object.entries(TABLE))('that are %s are these and no others', (fault, codes) => {
    const all = Array.from({ length: LAST_CODE }, (_, code) => code);
    expect(all.filter((code) => insertFault(clickHouse(code)) === fault)).toEqual(codes);
  });

  test.each([
    159, // time-out
    202, // too many queries at once
    209, // socket time-out
    210, // network
    241, // memory limit
    242, // read-only replica
    252, // too many parts, and too many partitions
    319, // unknown state of an insert
    999, // Keeper
    1001, // any C++ exception
  ])('%i can pass: the same insert is tried again', (code) => {
    expect(insertFault(clickHouse(code))).toBe('transient');
  });

  test('every number that someone has to mend comes with what to do, and none with a word of the server', () => {
    for (const code of [...TABLE.table, ...TABLE.fatal]) {
      const told = describeFault(clickHouse(code));
      expect(told).toEqual({ code: `${code} KIND`, hint: expect.stringMatching(/\w+ .*\./) });
      expect(JSON.stringify(told)).not.toContain('secret');
    }
  });

  const MIGRATED = [8, 16, 20, 47, 60, 81, 117, 218];
  const GRANTED = [164, 291, 497];
  test.each([
    ['npm run migrate', MIGRATED],
    ['The user may ', GRANTED],
    ['look at CLICKHOUSE_URL', TABLE.fatal],
    ['memory', [241]],
    ['replicas', [242]],
    ['make room', [243]],
    ['merges', [252]],
    ["look at ClickHouse's own log; the rows wait until they go in", [159, 999, 10, 48]],
  ])('come with %j where that mends it, and nowhere else', (hint, codes) => {
    const has = (code: number) =>
      describeFault(clickHouse(code)).hint.toLowerCase().includes(hint.toLowerCase());
    expect(codes.filter((code) => !has(code))).toEqual([]);
    const all = [...MIGRATED, ...GRANTED, ...TABLE.fatal, 159, 241, 242, 243, 252, 999, 10, 48];
    expect(all.filter((code) => has(code) && !codes.includes(code))).toEqual([]);
  });
});

describe('an insert that came to no answer of ClickHouse', () => {
  test('can pass, but for one that cannot even be sent', () => {
    expect(insertFault(Object.assign(new Error('x'), { code: 'ECONNRESET' }))).toBe('transient');
    expect(insertFault(new Error('Timeout error.'))).toBe('transient');
    expect(insertFault('no error')).toBe('transient');
    expect(insertFault(new TypeError('x is not a function'))).toBe('poison');
    expect(insertFault(new RangeError('Invalid string length'))).toBe('poison');
    expect(insertFault(new ReferenceError('x is not defined'))).toBe('poison');
  });

  test.each([
    [Object.assign(new Error('secret'), { code: 'ECONNRESET' }), 'ECONNRESET'],
    [new TypeError('secret'), 'TypeError'],
    ['secret', 'unknown'],
    [{ code: 'secret' }, 'unknown'],
    [undefined, 'unknown'],
  ])('is told by its code or its class, and where to look', (error, code) => {
    const hint = expect.stringMatching(/whether ClickHouse runs and CLICKHOUSE_URL is right/);
    expect(describeFault(error)).toEqual({ code, hint });
  });

  test('is told by its number where ClickHouse gives no name', () => {
    const nameless = new ClickHouseError({ message: 'secret', code: '60' });
    expect(describeFault(nameless).code).toBe('60');
  });
});

describe('a send that failed', () => {
  const protocol = (type: string) => Object.assign(new Error('x'), { type });

  test.each([
    ['MESSAGE_TOO_LARGE', 'content'],
    ['RECORD_LIST_TOO_LARGE', 'content'],
    ['INVALID_RECORD', 'content'],
    ['INVALID_TIMESTAMP', 'content'],
    ['CORRUPT_MESSAGE', 'content'],
    ['NOT_LEADER_FOR_PARTITION', 'transient'],
    ['TOPIC_AUTHORIZATION_FAILED', 'transient'],
  ])('for %s is %s, also when kafkajs has wrapped it', (type, expected) => {
    expect(sendFault(protocol(type))).toBe(expected);
    expect(sendFault(new Error('wrapped', { cause: protocol(type) }))).toBe(expected);
    const twice = new Error('wrapped', { cause: new Error('wrapped', { cause: protocol(type) }) });
    expect(sendFault(twice)).toBe(expected);
  });

  test('for a message that cannot be written fails for ever', () => {
    expect(sendFault(new TypeError('null'))).toBe('content');
    expect(sendFault(new Error('wrapped', { cause: new TypeError('null') }))).toBe('content');
    expect(sendFault(new Error('wrapped', { cause: new RangeError('too long') }))).toBe('content');
  });

  test('for any other reason can pass, and is judged by what lies at its root', () => {
    expect(sendFault(Object.assign(new Error('x'), { code: 'ECONNRESET' }))).toBe('transient');
    expect(sendFault(Object.assign(new Error('x'), { cause: 'words' }))).toBe('transient');
    expect(sendFault({ type: 'MESSAGE_TOO_LARGE' })).toBe('transient');
    expect(sendFault(undefined)).toBe('transient');
    const root = Object.assign(new Error('x'), { type: 'NOT_LEADER_FOR_PARTITION' });
    expect(
      sendFault(Object.assign(new Error('wrapped', { cause: root }), { type: 'MESSAGE_TOO_LARGE' })),
    ).toBe('transient');
  });
});
