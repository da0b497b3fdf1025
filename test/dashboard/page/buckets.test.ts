import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { buckets } from '../../../consumer/analytics/dashboard/page/buckets.ts';
import { pointsChange, shareChange } from '../../../consumer/analytics/dashboard/page/numbers.ts';
import { ofAgent } from '../../../consumer/analytics/dashboard/page/people.ts';
import type { Answer, Row } from '../../../consumer/analytics/dashboard/page/values.ts';

const ANSWER = { name: '', question: '', notes: '', asked: {}, ignored: [], columns: [], from: '', to: '' };

/** What the card makes of rows of activity-over-time. */
function shown(rows: readonly Row[]) {
  const answer: Answer = { ...ANSWER, rows };
  return buckets({ of: (query) => (query === 'activity-over-time' ? answer : { ...ANSWER, rows: [] }) });
}

const row = (unit: string, bucket: string, more: Row = {}): Row => ({
  bucket,
  unit,
  sessions: 3,
  resolutions: 2,
  from_at: bucket,
  to_at: bucket,
  is_whole: 1,
  ...more,
});

describe('the buckets of the chart', () => {
  test('say the hour, the day or the month that they are', () => {
    const label = (unit: string) => shown([row(unit, '2025-11-02T04:00:00+07:00')]).rows[0]?.label;
    expect(['hour', 'day', 'month'].map(label)).toEqual(['Sun 2 Nov 04:00', 'Sun 2 Nov', 'Nov 2025']);
    expect(shown([]).unit).toBe('day');
  });

  test('of the hour that a clock repeats say how far it is from UTC, and no others do', () => {
    const hours = ['00:00:00-04:00', '01:00:00-04:00', '01:00:00-05:00', '02:00:00-05:00'];
    const { rows, unit } = shown(hours.map((hour) => row('hour', `2025-11-02T${hour}`)));
    expect(unit).toBe('hour');
    expect(rows.map(({ label }) => label)).toEqual([
      'Sun 2 Nov 00:00',
      'Sun 2 Nov 01:00 (UTC-04:00)',
      'Sun 2 Nov 01:00 (UTC-05:00)',
      'Sun 2 Nov 02:00',
    ]);
  });

  test('have their numbers, but for those to come; the cut ones are known', () => {
    const { rows } = shown([
      row('day', '2025-11-02T00:00:00+07:00', { is_whole: 0 }),
      row('day', '2099-11-03T00:00:00+07:00'),
    ]);
    expect(rows.map(({ sessions, resolutions }) => [sessions, resolutions])).toEqual([
      [3, 2],
      [null, null],
    ]);
    expect(rows.map(({ is_cut }) => is_cut)).toEqual([true, false]);
  });

  test('have their numbers from the moment on at which they begin', () => {
    vi.useFakeTimers({ now: Date.parse('2026-11-02T00:00:00+07:00') });
    onTestFinished(() => void vi.useRealTimers());
    const begins = (at: string) => shown([row('day', at)]).rows[0]?.sessions;
    expect([begins('2026-11-02T00:00:00+07:00'), begins('2026-11-02T00:00:01+07:00')]).toEqual([3, null]);
  });
});

test.each([
  [0.137, 0.134, '+0.3 pt'],
  [0.134, 0.137, '−0.3 pt'],
  [0.02, 0, '+2 pt'],
  [0, 1, '−100 pt'],
  [0.1, 0.1, 'unchanged'],
  [0.1004, 0.1, 'unchanged'],
])('a share of %d after one of %d has changed by points: %s', (now, before, text) => {
  expect(shareChange(now, before)).toBe(text);
  expect(pointsChange((now - before) * 100)).toBe(text);
});

test('rows are narrowed to an agent by the id, or by 0 and the address where there is none', () => {
  const agent = { app_id: 'demo', agent_email: 'ani@test' };
  expect(ofAgent({ ...agent, agent_id: 7 })).toEqual({ app: 'demo', agent: '7' });
  expect(ofAgent({ ...agent, agent_id: 0 })).toEqual({ app: 'demo', agent: '0 ani@test' });
});
