import { expect, test } from 'vitest';
import { mayAskAgain, RETRIES } from '../../worker/outbox/retries.ts';

const failure = (marks: Record<string, boolean>) => Object.assign(new Error('gone'), marks);

test.each([
  ['that was lost on the way', { retryable: true }, true],
  ['that was lost on the way, and is told by the other side', { retryable: true, remote: true }, true],
  ['that was reset', { remote: true, durableObjectReset: true }, true],
  ['of which nothing is known', {}, true],
  ['that has too much to do', { retryable: true, overloaded: true }, false],
  ['whose own code threw', { remote: true }, false],
])('an object %s is asked again or not: %o, %s', (_, marks, isAsked) => {
  expect(mayAskAgain(failure(marks), 0)).toBe(isAsked);
});

test('nothing is asked again after the deadline, and what is no error may be until then', () => {
  expect(mayAskAgain('gone', RETRIES.deadlineMs - 1)).toBe(true);
  expect(mayAskAgain(null, RETRIES.deadlineMs)).toBe(false);
});
