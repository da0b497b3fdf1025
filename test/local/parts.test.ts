import { expect, test } from 'vitest';
import { Slots } from '../../local/clickhouse/slots.ts';
import { backoffMs } from '../../local/component.ts';
import { majorVersion } from '../../local/kafka/java.ts';
import { serverProperties } from '../../local/kafka/properties.ts';
import { text } from '../../local/worker/capnp.ts';

const never = new AbortController().signal;

test('an insert finds a slot while queries hold all of theirs and others wait', async () => {
  const slots = new Slots({ query: 2, insert: 3, kill: 3 });
  const running = [await slots.acquire('query', never), await slots.acquire('query', never)];
  let began = false;
  const waiting = slots.acquire('query', never).then((slot) => {
    began = true;
    return slot;
  });
  const insert = await slots.acquire('insert', never);
  expect(began).toBe(false);
  running[0]?.release();
  (await waiting).release();
  insert.release();
});

test('a request whose client has gone gives up its place in the queue', async () => {
  const slots = new Slots({ query: 1, insert: 1, kill: 1 });
  const held = await slots.acquire('query', never);
  const gone = new AbortController();
  const left = slots.acquire('query', gone.signal);
  const next = slots.acquire('insert', never);
  gone.abort(new Error('gone'));
  await expect(left).rejects.toThrow('gone');
  held.release();
  (await next).release();
});

test('a component is started again after 0.3 s, later and later, and never after more than 5 s', () => {
  expect([1, 2, 3, 4, 5, 6, 100].map(backoffMs)).toEqual([300, 600, 1200, 2400, 4800, 5000, 5000]);
});

test.each([
  ['openjdk version "17.0.15" 2025-04-15', 17],
  ['java version "1.8.0_292"', 8],
  ['openjdk version "25" 2025-09-16', 25],
  ['nothing', undefined],
])('the Java version of %j is %s', (output, version) => {
  expect(majorVersion(output)).toBe(version);
});

test('a backslash in a folder’s name is not an escape in server.properties', () => {
  const place = { dataDir: 'C:\\data', port: 1, controllerPort: 2, advertisedPort: 3 };
  expect(serverProperties(place)).toContain('log.dirs=C:\\\\data\n');
});

test('what a string literal of Cap’n Proto says is what was put in', () => {
  expect(text('a"b\\c\nd\u0000é😀')).toBe('"a\\"b\\\\c\\x0ad\\x00é😀"');
});
