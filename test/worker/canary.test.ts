import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { CANARY_APP } from '../../schemas/canary.ts';
import { traceContext } from '../../schemas/trace-context.ts';
import { createCanary } from '../../worker/canary.ts';
import { readSettings } from '../../worker/config.ts';
import type { Env } from '../../worker/env.ts';
import type { Appended } from '../../worker/outbox/group.ts';
import type { NewEvent } from '../../worker/outbox/new-event.ts';

const NOW_MS = Date.UTC(2026, 10, 26, 12, 0, 3);
const MINUTE_MS = Date.UTC(2026, 10, 26, 12, 0, 0);

const variables = {
  KAFKA_BROKERS: '127.0.0.1:1',
  WEBHOOK_TOKENS: '{"demo":["local-token"]}',
  ADMIN_TOKEN: 'local-admin',
  OUTBOX_SHARDS: '7',
};
const settings = readSettings(variables);

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['Date'], now: NOW_MS });
});
afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

/** What the canaries that were sent became, in which outbox, where each append ends like this. */
async function sent(ending: (event: NewEvent) => Appended, scheduled: readonly number[]) {
  const appended: { outbox: string; event: NewEvent }[] = [];
  const layout = { generation: 1, shards: 1, earlier: [] };
  const env = {
    OUTBOX: {
      getByName: () => ({
        append: async (event: NewEvent, { outbox }: { outbox: string }) => {
          appended.push({ outbox, event });
          return ending(event);
        },
      }),
    },
    LAYOUTS: { getByName: () => ({ adopt: async () => layout, layout: async () => layout }) },
  } as unknown as Env;
  const canary = createCanary(settings);
  for (const ms of scheduled) await canary.send(ms, env);
  return appended;
}

const kept = ({ id }: NewEvent): Appended => ({ outcome: 'kept', id, duplicate: false });

test('a canary is an event of an app that no webhook can have, in one outbox, with a sampled trace of its own', async () => {
  const [first, second] = await sent(kept, [MINUTE_MS, MINUTE_MS + 60_000]);
  expect(first).toMatchObject({
    outbox: `${CANARY_APP}/0`,
    event: {
      app: CANARY_APP,
      kind: 'unrecognized',
      receivedMs: NOW_MS,
      payload: '{"canary":"2026-11-26T12:00:00.000Z"}',
    },
  });
  const traces = [first, second].map((each) => traceContext(each?.event.traceparent));
  expect(traces).toEqual([
    expect.objectContaining({ isSampled: true }),
    expect.objectContaining({ isSampled: true }),
  ]);
  expect(traces[0]?.traceId).not.toBe(traces[1]?.traceId);
  expect(second?.event.id).not.toBe(first?.event.id);
  expect(() => readSettings({ ...variables, WEBHOOK_TOKENS: `{"${CANARY_APP}":["local-token"]}` })).toThrow(
    'WEBHOOK_TOKENS',
  );
});

test('a run of the cron that the platform repeats is the same canary', async () => {
  const [first, again] = await sent(kept, [MINUTE_MS, MINUTE_MS]);
  expect(again?.event.id).toBe(first?.event.id);
});

test('one that cannot be stored is logged with its ids', async () => {
  const log = vi.spyOn(console, 'error').mockImplementation(() => undefined);
  const [refused] = await sent(() => ({ outcome: 'full' }), [MINUTE_MS]);
  expect(log.mock.calls.map(([line]) => JSON.parse(line))).toEqual([
    {
      level: 'error',
      event: 'canary-not-stored',
      outcome: 'full',
      event_id: refused?.event.id,
      trace_id: traceContext(refused?.event.traceparent)?.traceId,
    },
  ]);
});
