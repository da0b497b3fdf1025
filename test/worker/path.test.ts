import { expect, test } from 'vitest';
import { segmentsOf } from '../../worker/path.ts';

test.each([
  ['http://edge/webhooks/demo/token', ['webhooks', 'demo', 'token']],
  ['https://edge:8787/webhooks/demo/token?a=/b#c', ['webhooks', 'demo', 'token']],
  ['http://[::1]:8787/status', ['status']],
  ['http://edge/healthz/', ['healthz']],
  ['http://edge//webhooks///demo//token//', ['webhooks', 'demo', 'token']],
  ['http://edge/', []],
  ['http://edge', []],
  ['http://edge?/healthz', []],
  ['http://edge#/healthz', []],
  ['*', []],
])('the path of %s has the segments %j', (url, segments) => {
  expect(segmentsOf(url)).toEqual(segments);
});

test('a segment may be escaped, also with a slash in it; one that is escaped badly stands for itself', () => {
  const url = 'http://edge/d%65mo/a%2Fb/%/%E0%A4%A';
  expect(segmentsOf(url)).toEqual(['demo', 'a/b', '%', '%E0%A4%A']);
});
