import { randomBytes } from 'node:crypto';
import { CANARY_APP } from '../schemas/canary.ts';
import { type TraceContext, traceparentOf } from '../schemas/trace-context.ts';
import { admitted } from './admit/admit.ts';
import { createRedactor } from './admit/redact.ts';
import type { Settings } from './config.ts';
import type { Env } from './env.ts';
import { store } from './outbox/client.ts';
import { KnownLayouts } from './outbox/layout/known-layouts.ts';
import { type Entry, statusOf } from './status.ts';

const DAY_MS = 86_400_000;
const SHARDS = 1;
const OUTBOX = `${CANARY_APP}/0`;

/**
 * An event of ours, sent each minute by the path that webhooks go behind the door: admitted, stored in an outbox,
 * published, consumed, stored in ClickHouse. Where none arrives, something on that path is broken, whatever else is
 * said of it. It is sampled, so that there is a trace of the path even where no webhook comes with one.
 */
export function createCanary(settings: Settings) {
  const redact = createRedactor(settings.REDACT_KEYS);
  const layouts = new KnownLayouts(SHARDS);
  const dedupMs = settings.DEDUP_DAYS * DAY_MS;

  /** @param scheduledMs milliseconds since 1970: a run that the platform repeats is the same canary */
  const send = async (scheduledMs: number, env: Env): Promise<void> => {
    const trace = newTrace();
    const body = JSON.stringify({ canary: new Date(scheduledMs).toISOString() });
    const arrival = { app: CANARY_APP, body, receivedMs: Date.now(), traceparent: traceparentOf(trace) };
    const canary = admitted(arrival, JSON.parse(body), { redact });
    const objects = { outboxes: env.OUTBOX, records: env.LAYOUTS, layouts, dedupMs };
    const { outcome } = await store(objects, canary);
    if (outcome === 'stored') return;
    const ids = { event_id: canary.event.id, trace_id: trace.traceId };
    console.error(JSON.stringify({ level: 'error', event: 'canary-not-stored', outcome, ...ids }));
  };

  /** The state of its outbox, for `GET /status`. */
  const status = (env: Env): Promise<Entry> => statusOf(env.OUTBOX, OUTBOX);

  return { send, status };
}

function newTrace(): TraceContext {
  return {
    traceId: randomBytes(16).toString('hex'),
    spanId: randomBytes(8).toString('hex'),
    isSampled: true,
  };
}
