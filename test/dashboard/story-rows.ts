import { event, insert, logout, type Row, resolution, session } from '../analytics/rows.ts';
import type { Database } from '../support/clickhouse.ts';

export const ROOM = '770011';
/** Marks up, turns letters round, and is longer than a story shows. */
export const HOSTILE = `<img src=x onerror=alert(1)> \u202eevil\u202c \u0000\u001b[31m 👨‍👩‍👧 שלום ${'x'.repeat(100_000)}`;
const CUSTOMER = { customer_id: '628110000001', customer_name: 'Ani \u202eBudi <b>Customer</b>' };
const AGENT = {
  agent_id: 7,
  agent_email: 'dewi@example.com',
  agent_name: 'Dewi Lestari',
  agent_role: 'agent',
};

const message = (at: string, more: Partial<Row>): Row => ({
  ...event(`message ${at}`, at),
  room_id: ROOM,
  channel: 'wa',
  sender_id: 'user 1',
  sender_name: 'Ani',
  via: 'mobile',
  type: 'text',
  ...more,
});

/** A room whose session took 15 hours: Monday's evening, a night without anyone, and Tuesday's morning. Times UTC. */
export async function insertStory(database: Database): Promise<void> {
  const of = { room_name: 'Ani', ...CUSTOMER };
  await insert(database, 'sessions', [
    session(ROOM, '2026-11-09 09:30:00.000', {
      ...of,
      event_id: 'a0',
      is_waiting: true,
      first_message_type: 'text',
      first_message_text: 'Halo, pesanan saya belum sampai',
    }),
    session(ROOM, '2026-11-11 02:00:00.000', { ...of, event_id: 'b0', first_message_type: 'image' }),
  ]);
  await insert(database, 'messages', [
    message('2026-11-09 09:31:00.000', { text: HOSTILE }),
    message('2026-11-09 09:40:00.000', { via: 'rest', sender_name: 'Support bot', text: 'Which order?' }),
    message('2026-11-09 09:50:00.000', { text: 'Number 4711.\nSince Friday!' }),
    message('2026-11-09 09:51:00.000', { type: 'file_attachment', text: '' }),
  ]);
  await insert(database, 'allocations', [
    {
      ...event('proposed', '2026-11-09 09:30:01.000'),
      room_id: ROOM,
      channel: 'wa',
      ...CUSTOMER,
      candidate_agent_id: 7,
      candidate_agent_name: 'Dewi Lestari',
    },
  ]);
  await insert(database, 'button_clicks', [
    {
      ...event('click', '2026-11-09 10:00:00.000'),
      room_id: ROOM,
      channel_type: 'WhatsApp',
      ...CUSTOMER,
      agent_email: AGENT.agent_email,
      agent_name: AGENT.agent_name,
      notes: 'Looked it up',
      tags: ['late', 'vip'],
    },
  ]);
  await insert(database, 'resolutions', [
    resolution(ROOM, '2026-11-10 00:30:00.000', {
      ...CUSTOMER,
      ...AGENT,
      event_id: 'a9',
      notes: 'Sent again',
    }),
  ]);
  await insert(database, 'agent_logouts', [
    logout('2026-11-10 10:00:00.000', {
      event_id: 'out',
      user_id: 7,
      user_email: AGENT.agent_email,
      user_name: AGENT.agent_name,
    }),
  ]);
  const payload = `{"id":12345678901234567890,"text":"\u202eevil","empty":{},"list":[1,"two"]}`;
  await insert(database, 'events', [
    {
      ...event('a9', '2026-11-10 00:30:00.000'),
      kind: 'resolution',
      payload,
      topic: 'qiscus.resolution',
      partition: 2,
      offset: 41,
    },
  ]);
}
