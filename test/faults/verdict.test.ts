import { expect, test } from 'vitest';
import type { Kind } from '../../schemas/webhooks.ts';
import type { Books } from './books.ts';
import { judge } from './verdict.ts';

const ids = (...names: string[]) => ({ count: names.length, ids: new Set(names) });

const RIGHT: Books = {
  events: ids('a', 'b'),
  facts: new Map([['session', ids('a', 'b')]]),
  kinds: new Map([['session', 2]]),
  outboxes: [{ outbox: 'demo/0', events: 2, first: 1, last: 2 }],
  openDeadLetters: 0,
};

function verdict(books: Partial<Books>, onStream = ['a', 'b'], last = 2) {
  return judge({
    acknowledged: new Map<string, Kind>([
      ['a', 'session'],
      ['b', 'session'],
    ]),
    books: { ...RIGHT, ...books },
    onStream: new Set(onStream),
    lastSequences: new Map([['demo/0', last]]),
  });
}

test('books that agree are not objected to', () => {
  expect(verdict({})).toEqual({ lost: 0, doubled: 0, violations: [] });
});

test('an event that is missing in its table, in events or on the stream is lost', () => {
  expect(verdict({ facts: new Map([['session', ids('a')]]) }).lost).toBe(1);
  expect(verdict({ events: ids('b') }).lost).toBe(1);
  expect(verdict({}, ['a']).lost).toBe(1);
});

test('an event that counts twice is doubled, in events and in its table', () => {
  const twice = { count: 3, ids: new Set(['a', 'b']) };
  expect(verdict({ events: twice })).toMatchObject({
    doubled: 1,
    violations: ['events counts 3 for 2 events'],
  });
  expect(verdict({ facts: new Map([['session', twice]]) }).doubled).toBe(1);
});

test('a sequence number that is missing, first, in between or last, is a violation', () => {
  const outbox = (first: number, last: number, events: number) => [{ outbox: 'demo/0', events, first, last }];
  expect(verdict({ outboxes: outbox(2, 3, 2) }, undefined, 3).violations).toHaveLength(1);
  expect(verdict({ outboxes: outbox(1, 3, 2) }, undefined, 3).violations).toHaveLength(1);
  expect(verdict({}, undefined, 3).violations).toEqual(['demo/0 accepted 3 events, and 2 stand']);
});

test('an event without its row, and a dead letter that is open, are violations', () => {
  expect(verdict({ kinds: new Map([['session', 3]]) }).violations).toHaveLength(1);
  expect(verdict({ openDeadLetters: 1 }).violations).toEqual(['1 dead letters are open']);
});
