import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { normalize } from '../../consumer/normalize/normalize.ts';
import type { FactColumns } from '../../consumer/normalize/row.ts';
import type { NewEvent } from '../../worker/outbox/new-event.ts';
import { arrive } from '../properties/edge.ts';

/** Bodies that were captured in the field, details replaced: from the edge to their rows. */
const RECEIVED_MS = Date.UTC(2026, 10, 20, 3, 4, 9);
const DAY_MS = 86_400_000;

const captured = (name: string) => readFileSync(new URL(`../field/${name}.json`, import.meta.url), 'utf8');

async function admitted(name: string, receivedMs = RECEIVED_MS): Promise<NewEvent> {
  const ending = await arrive(captured(name), receivedMs);
  if (ending.outcome !== 'admitted') throw new Error(`${name} is refused: ${ending.outcome}`);
  return ending.event;
}

async function rowOf(name: string): Promise<FactColumns> {
  const event = { ...(await admitted(name)), outbox: 'demo/0', sequence: 1 };
  const normalized = normalize(event, event.payload);
  if (normalized.outcome !== 'row') throw new Error(`${name} makes no row: ${JSON.stringify(normalized)}`);
  return normalized.row;
}

const MESSAGE = {
  occurred_at: '2026-11-20 03:04:05.000',
  room_id: '47012001',
  room_name: 'Pelanggan A',
  channel: 'qiscus',
  channel_id: '1400',
  channel_name: '',
  sender_id: 'customer-a@example.test',
  sender_name: 'Pelanggan A',
  via: 'mobile',
  message_id: '',
  type: 'text',
  is_resolved: false,
  is_waiting: false,
};
const ALLOCATION = {
  occurred_at: '2026-11-20 03:04:09.000',
  channel: 'wa',
  customer_id: '620000000001',
  customer_name: 'Pelanggan A',
  is_resolved: false,
  is_new_session: true,
  latest_service_id: '0',
  latest_service_resolved_at: null,
};
const RESOLUTION = {
  occurred_at: '2026-11-20 03:04:09.000',
  channel: 'wa',
  agent_id: '164863',
  agent_name: 'Agen Satu',
  agent_role: 'admin',
  customer_id: '620000000001',
  customer_name: '𠵁𢨔 Pelanggan',
  first_comment_id: '1700000001',
  last_comment_id: '1700000099',
  notes: '',
};
const ROWS: Readonly<Record<string, object>> = {
  'message-type-inside-payload': { ...MESSAGE, text: 'Halo' },
  'message-same-temp-id-a': { ...MESSAGE, text: 'first customer' },
  'message-same-temp-id-b': {
    ...MESSAGE,
    text: 'second customer',
    room_id: '47012002',
    room_name: 'Pelanggan B',
    sender_id: 'customer-b@example.test',
    sender_name: 'Pelanggan B',
  },
  'message-reply-encrypted-attachment': { ...MESSAGE, type: 'reply', text: 'see this' },
  'allocation-bare': {
    ...ALLOCATION,
    room_id: '47012021',
    candidate_agent_id: '0',
    candidate_agent_email: '',
    candidate_agent_name: '',
  },
  'allocation-2023': {
    ...ALLOCATION,
    room_id: '47012020',
    candidate_agent_id: '164863',
    candidate_agent_email: 'agen-satu@example.test',
    candidate_agent_name: 'Agen Satu',
  },
  'resolution-rewritten-email-1': {
    ...RESOLUTION,
    room_id: '47012010',
    service_id: '78906598',
    agent_email: 'qiscus_1a2b3_agen-satu@example.test',
  },
  'resolution-rewritten-email-2': {
    ...RESOLUTION,
    room_id: '47012011',
    service_id: '78906599',
    agent_email: 'agen-satu@example.test',
  },
};

describe.each(Object.entries(ROWS))('%s', (name, row) => {
  test('becomes a row with every column filled', async () => {
    const { event_id, received_at, app_id, outbox, sequence, ...columns } = await rowOf(name);
    expect(columns).toEqual(row);
  });

  test('leaves no secret behind, nor any key of one', async () => {
    expect(captured(name).includes('MARKER')).toBe(/2023|encrypted/.test(name));
    expect(JSON.stringify(await admitted(name))).not.toMatch(/MARKER|encryption_key|sdk_key|sdk_email/);
  });

  test('keeps its id when it is delivered again, where it names itself, and else counts again', async () => {
    const first = await admitted(name);
    const later = await admitted(name, RECEIVED_MS + DAY_MS);
    expect(later.id === first.id).toBe(first.kind !== 'allocation');
  });
});

test('two customers whose messages have one temporary id, made of one millisecond, sent two messages', async () => {
  const events = await Promise.all(Object.keys(ROWS).map((name) => admitted(name)));
  expect(new Set(events.map(({ id }) => id)).size).toBe(events.length);
});
