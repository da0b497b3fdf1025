import { expect, test, vi } from 'vitest';
import { messagesNotKept, payloadNotKept } from '../../../consumer/analytics/dashboard/page/not-kept.ts';
import type { Answer } from '../../../consumer/analytics/dashboard/page/values.ts';

/** An answer about a time from the last evening of September on, in Jakarta. */
const ANSWER: Answer = {
  name: 'room-story',
  question: '',
  notes: '',
  asked: {},
  ignored: [],
  from: '2024-09-30T12:00:00Z',
  to: '2024-10-08T00:00:00Z',
  columns: [],
  rows: [],
  events_kept_from: '2024-10-01 07:00:00',
  messages_kept_from: '2024-10-01 07:00:00',
};
const TZ = 'Asia/Jakarta';
const LATER = { ...ANSWER, from: '2024-10-01T00:00:00Z' };

/** What stands in the elements. */
function textsOf(answer: Answer, name: string): string[] {
  vi.stubGlobal('document', {
    createElement: () => {
      const element = {
        text: '',
        setAttribute: () => undefined,
        append: (text: string) => (element.text = text),
      };
      return element;
    },
  });
  const elements = messagesNotKept(answer, name, TZ) as unknown as readonly { text: string }[];
  vi.unstubAllGlobals();
  return elements.map(({ text }) => text);
}

test('a story with messages says from when on they are kept, where it begins before that', () => {
  const said = ['Messages before 2024-10-01 07:00 are no longer kept.'];
  expect(textsOf(ANSWER, 'room-story')).toEqual(said);
  expect(textsOf(ANSWER, 'customer-day')).toEqual(said);
  expect(textsOf(ANSWER, 'agent-day')).toEqual([]);
  expect(textsOf(LATER, 'room-story')).toEqual([]);
  expect(textsOf({ ...ANSWER, messages_kept_from: null }, 'room-story')).toEqual([]);
});

test('a payload that is not there is said to be no longer kept only where that may be so', () => {
  expect(payloadNotKept(ANSWER, TZ)).toBe(
    'Payloads of events received before 2024-10-01 07:00 are no longer kept.',
  );
  const unknown = 'The event is not stored, or no longer.';
  expect(payloadNotKept(LATER, TZ)).toBe(unknown);
  expect(payloadNotKept({ ...ANSWER, events_kept_from: null }, TZ)).toBe(unknown);
});
