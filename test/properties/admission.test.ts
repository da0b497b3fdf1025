import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Admitted, Refusal } from '../../worker/admit/admit.ts';
import { body, SECRET, SECRET_NAMES, samples } from './bodies.ts';
import { arrive } from './edge.ts';
import { compact, print, spaced, withoutSecrets } from './json.ts';
import { LONG_MS, runs } from './runs.ts';

const RECEIVED_MS = Date.UTC(2026, 2, 4, 5, 6, 7, 890);
const DAY_MS = 86_400_000;
const RETRY_MS = 2_000;

const space = fc.constantFrom('', '', ' ', '\r\n\t');

test(
  'any JSON object is admitted without its secrets, and else as it was sent; nothing else is',
  async () => {
    await fc.assert(
      fc.asyncProperty(body, space, async (json, gap) => {
        const text = gap === '' ? print(json) : spaced(print(json), gap);
        const ending = await arrive(text, RECEIVED_MS);
        expect(ending.outcome).toBe('members' in json ? 'admitted' : 'not-json');
        if (ending.outcome !== 'admitted') return;
        const expected = print(withoutSecrets(json, SECRET_NAMES));
        expect(gap === '' ? ending.event.payload : compact(ending.event.payload)).toBe(expected);
        if (expected === print(json)) expect(ending.event.payload).toBe(text);
        expect(JSON.stringify(ending)).not.toContain(SECRET);
      }),
      runs(1_500),
    );
  },
  LONG_MS,
);

test(
  'an event sent again has the same id, and one without identity another one days later',
  async () => {
    await fc.assert(
      fc.asyncProperty(body, space, async (json, gap) => {
        const text = print(json);
        const first = await arrive(text, RECEIVED_MS);
        if (first.outcome !== 'admitted') return;
        const { shardKey } = first;
        const { id, kind, subject, retryOf } = first.event;
        const retried = await arrive(text, RECEIVED_MS + RETRY_MS);
        const later = await arrive(gap === '' ? text : spaced(text, gap), RECEIVED_MS + DAY_MS);
        expect(retried).toMatchObject({ event: { kind }, shardKey });
        expect(later).toMatchObject({ event: { kind } });
        if (retryOf === undefined) {
          expect(retried).toMatchObject({ event: { id, subject } });
          expect(later).toMatchObject({ event: { id, subject }, shardKey });
        } else {
          expect(idsOf(retried)).toContain(id);
          expect(idsOf(later)).not.toContain(id);
        }
      }),
      runs(700),
    );
  },
  LONG_MS,
);

test('a secret in JSON held in an id leaves neither the key nor the shard of its event', async () => {
  const [sample = { members: [] }] = samples.filter((each) => print(each).includes('"room_id":2'));
  const body = print(sample).replace('"room_id":2', '"room_id":"{\\"sdk_key\\":1,\\"a\\":2}"');
  const ending = await arrive(body, RECEIVED_MS);
  expect(ending).toMatchObject({
    event: { kind: 'custom-button', subject: '{"a":2}' },
    shardKey: '{"a":2}',
  });
});

/** The ids under which an event may be known already. */
function idsOf(ending: Admitted | Refusal): readonly string[] {
  return ending.outcome === 'admitted' ? [ending.event.id, ...(ending.event.retryOf?.ids ?? [])] : [];
}
