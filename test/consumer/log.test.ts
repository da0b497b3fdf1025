import { ClickHouseError } from '@clickhouse/client';
import { expect, test } from 'vitest';
import { FatalInsertError } from '../../consumer/persist/insert.ts';
import { loggedError } from '../../consumer/watch/log.ts';

const SECRET = 'Jane Roe, 0812 3456';
const clickHouse = () =>
  new ClickHouseError({
    message: `Cannot parse: ${SECRET}\nand ${SECRET}`,
    code: '27',
    type: 'CANNOT_PARSE',
  });

test('an error is logged with its class, message and stack, and so is what caused it', () => {
  const error = new Error('no way', { cause: new TypeError('x is not a function') });
  expect(loggedError(error)).toMatchObject({
    type: 'Error',
    message: expect.stringMatching(/no way.*x is not a function/),
    stack: expect.stringMatching(/no way.*log\.test\.ts.*x is not a function/s),
  });
});

test.each([
  ['ClickHouse', clickHouse()],
  ['ClickHouse, as a cause', new FatalInsertError('refused', { cause: clickHouse() })],
  ['a JSON parser', thrownBy(() => JSON.parse(`{"name": ${SECRET}`))],
  ['a JSON parser, as a cause', new Error('no JSON', { cause: thrownBy(() => JSON.parse(SECRET)) })],
])('what %s quotes is not logged, but its stack is', (_, error) => {
  const logged = JSON.stringify(loggedError(error));
  expect(logged).not.toContain('Jane');
  expect(logged).not.toContain('3456');
  expect(logged).toContain('log.test.ts');
});

test('an error of ClickHouse is told by its number and name', () => {
  expect(loggedError(clickHouse())).toMatchObject({ code: '27', clickhouse: 'CANNOT_PARSE' });
});

function thrownBy(work: () => unknown): unknown {
  try {
    return work();
  } catch (error) {
    return error;
  }
}
