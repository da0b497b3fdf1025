import { ClickHouseError } from '@clickhouse/client';
import { describe, expect, test } from 'vitest';
import { describeFault, type InsertFault, insertFault } from '../../consumer/persist/faults.ts';
import { sendFault } from '../../consumer/settle/faults.ts';

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
});

describe('a send that failed', () => {
  const protocol = (type: string) => Object.assign(new Error('x'), { type });

  test.each([
    ['MESSAGE_TOO_LARGE', 'content'],
    ['RECORD_LIST_TOO_LARGE', 'content'],
    ['INVALID_TIMESTAMP', 'content'],
    ['NOT_LEADER_FOR_PARTITION', 'transient'],
    ['TOPIC_AUTHORIZATION_FAILED', 'transient'],
  ])('for %s is %s, also when kafkajs has wrapped it', (type, expected) => {
    expect(sendFault(protocol(type))).toBe(expected);
    expect(sendFault(new Error('wrapped', { cause: protocol(type) }))).toBe(expected);
  });

  test('for a message that cannot be written fails for ever', () => {
    expect(sendFault(new Error('wrapped', { cause: new TypeError('null') }))).toBe('content');
    expect(sendFault(Object.assign(new Error('x'), { code: 'ECONNRESET' }))).toBe('transient');
  });
});
