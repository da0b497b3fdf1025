import type { FactKind } from '../../schemas/webhooks.ts';

/** One of the vendor's samples, the table that its fact stands in, and what its payload fills there. */
export interface SampleFact {
  readonly sample: string;
  readonly table: string;
  /** As ClickHouse answers it: 64-bit ids are numbers. */
  readonly row: Readonly<Record<string, unknown>>;
}

/** What becomes of the vendor's samples, written by hand: neither code nor SQL may change it. */
export const SAMPLE_FACTS: Readonly<Record<FactKind, SampleFact>> = {
  'agent-logout': {
    sample: 'agent-logout.agent',
    table: 'agent_logouts',
    row: {
      user_id: 100002,
      user_email: 'xxxxx@xxxxx.com',
      user_name: 'Agen',
      role: 'agent',
      is_available: true,
      is_verified: false,
      force_offline: false,
      last_login: '2022-09-22 04:35:24.000',
      account_created_at: '2022-08-12 03:02:18.000',
      account_updated_at: '2022-11-21 04:18:45.000',
    },
  },
  session: {
    sample: 'session',
    table: 'sessions',
    row: {
      room_id: '17xxxxxx',
      room_name: 'Susan Novitasari',
      channel: 'wa',
      channel_id: 1400,
      channel_name: 'IsuzuIndonesia',
      customer_id: '628xxxxxxxxxxx',
      customer_name: 'john doe',
      is_waiting: true,
      opened_at: '2023-09-20 04:39:59.000',
      first_message_type: 'text',
      first_message_text: 'Halo',
      user_properties: { Address: '-' },
    },
  },
  resolution: {
    sample: 'resolution',
    table: 'resolutions',
    row: {
      room_id: '00000000',
      service_id: 0,
      channel: 'qiscus',
      agent_id: 0,
      agent_email: 'qxxxxx@email.com',
      agent_name: 'Agent name',
      agent_role: 'admin',
      customer_id: 'customer@email.com',
      customer_name: 'Customer Name',
      first_comment_id: '0000000000',
      last_comment_id: '000000000',
      notes: 'Test',
    },
  },
  message: {
    sample: 'message',
    table: 'messages',
    row: {
      room_id: '1',
      room_name: 'ini grup',
      channel: 'wa',
      channel_id: 1,
      channel_name: 'Wa Pertama',
      sender_id: '1',
      sender_name: 'User1',
      via: 'mobile',
      message_id: '',
      type: 'text',
      text: 'ini pesan',
      is_resolved: true,
      is_waiting: false,
    },
  },
  allocation: {
    sample: 'allocation',
    table: 'allocations',
    row: {
      room_id: '1905692',
      channel: 'qiscus',
      customer_id: 'sudah@gmail.com',
      customer_name: 'sudah',
      is_resolved: true,
      is_new_session: false,
      candidate_agent_id: 22,
      candidate_agent_email: 'dewi@mail.com',
      candidate_agent_name: 'dewi',
      latest_service_id: 244,
      latest_service_resolved_at: '2019-02-04 04:49:47.000',
    },
  },
  'custom-button': {
    sample: 'custom-button',
    table: 'button_clicks',
    row: {
      room_id: '2',
      channel_id: 4,
      channel_name: 'Channel 1',
      channel_type: 'Qiscus Widget',
      agent_email: 'qixxxxti@gmail.com',
      agent_name: 'Agent',
      agent_role: 'admin',
      customer_id: 'email_customer@gmail.com',
      customer_name: 'Customer Name',
      notes: '',
      tags: [],
      customer_properties: { WEBSITE: '', ADDRESS: '', COMPANY: '' },
      additional_info: '[{"anykey":"any value"}]',
    },
  },
};
