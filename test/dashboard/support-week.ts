import { randomFrom } from './random.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const JAKARTA_AHEAD_MS = 7 * HOUR_MS;

/** Share of the sessions, and how slow they are resolved: of the average. */
const CHANNELS = [
  { channel: 'wa', name: 'Support WA', share: 0.5, slowness: 0.9 },
  { channel: 'qiscus', name: 'Website', share: 0.22, slowness: 0.5 },
  { channel: 'ig', name: 'Shop', share: 0.14, slowness: 1.9 },
  { channel: 'fb', name: 'Page', share: 0.09, slowness: 1.4 },
  { channel: 'line', name: 'LINE', share: 0.05, slowness: 1.1 },
] as const;
const AGENTS = [
  'Budi Santoso',
  'Siti Rahma',
  'Dewi Lestari',
  'Agus Wijaya',
  'Rina Putri',
  'Joko Prasetyo',
  'Maya Sari',
];
const CUSTOMERS = ['Ani', 'Bayu', 'Citra', 'Dian', 'Eka', 'Fajar', 'Gita', 'Hadi', 'Indah', 'Kartika'];
const OPENINGS = [
  'Halo, pesanan saya belum sampai',
  'Is the shop open?',
  'Refund, please',
  'Kode OTP tidak masuk',
];
// Sessions of each local hour, of the busiest.
const DAY = [1, 1, 0, 0, 0, 1, 2, 4, 8, 14, 16, 13, 9, 12, 14, 12, 10, 7, 5, 6, 6, 5, 3, 2];
const WEEKDAY = [1, 1.15, 0.95, 0.9, 1, 0.45, 0.3];

export interface WeekOptions {
  readonly seed: number;
  /** The end of the last day, in which everything that came so far stands. */
  readonly end: Date;
  readonly days: number;
  /** Sessions in the busiest hour, about. */
  readonly busiest: number;
  readonly app?: string;
}

export type Rows = Record<'sessions' | 'resolutions' | 'agent_logouts' | 'events', object[]>;

/** A support team's days as rows of the tables, the same for the same options. */
export function supportWeek({ seed, end, days, busiest, app = 'demo' }: WeekOptions): Rows {
  const random = randomFrom(seed);
  const rows: Rows = { sessions: [], resolutions: [], agent_logouts: [], events: [] };
  const start = end.getTime() - days * DAY_MS;
  let sequence = 0;
  let rooms = 0;

  function add(table: keyof Rows, kind: string, atMs: number, row: object, payload: object): void {
    const at = clickHouseTime(atMs);
    const event_id = `${String(seed).padStart(4, '0')}${(++sequence).toString(16).padStart(28, '0')}`;
    const fields = { event_id, app_id: app, occurred_at: at, received_at: at, outbox: `${app}/0`, sequence };
    rows[table].push({ ...fields, ...row });
    const topic = `qiscus.${kind}`;
    rows.events.push({
      ...fields,
      kind,
      payload: JSON.stringify(payload),
      topic,
      partition: 0,
      offset: sequence,
    });
  }

  function session(atMs: number, room: string, customer: string): void {
    const { channel, name, slowness } = random.pick(CHANNELS, ({ share }) => share);
    const text = random.pick(OPENINGS);
    const row = {
      room_id: room,
      room_name: customer,
      channel,
      channel_id: CHANNELS.findIndex((one) => one.channel === channel) + 1,
      channel_name: name,
      customer_id: `cust-${room}`,
      customer_name: customer,
      is_waiting: random.below(0.35),
      opened_at: clickHouseTime(atMs),
      first_message_type: 'text',
      first_message_text: text,
      user_properties: {},
    };
    const payload = {
      room_log: { source: channel },
      payload: { room: { name: customer }, message: { text } },
    };
    add('sessions', 'session', atMs, row, payload);
    if (random.below(0.96)) resolve(atMs, { room, customer, channel, slowness });
  }

  function resolve(
    startMs: number,
    {
      room,
      customer,
      channel,
      slowness,
    }: { room: string; customer: string; channel: string; slowness: number },
  ): void {
    const agent = random.pick(AGENTS, (_, i) => 8 - i);
    const number = AGENTS.indexOf(agent) + 1;
    const atMs = startMs + slowness * 35 * 60_000 * Math.exp(random.normal() * 1.1) * (0.8 + number / 10);
    if (atMs >= end.getTime()) return;
    const row = {
      room_id: room,
      service_id: sequence,
      channel,
      agent_id: number,
      agent_email: `${agent.split(' ')[0]?.toLowerCase()}@example.com`,
      agent_name: agent,
      agent_role: number === 1 ? 'supervisor' : 'agent',
      customer_id: `cust-${room}`,
      customer_name: customer,
      first_comment_id: '1',
      last_comment_id: String(sequence),
      notes: random.below(0.3) ? 'Done' : '',
    };
    const payload = {
      service: { source: channel },
      customer: { name: customer },
      resolved_by: { name: agent },
    };
    add('resolutions', 'resolution', atMs, row, payload);
    const backMs = atMs + random.next() * 20 * HOUR_MS;
    if (random.below(0.07) && backMs < end.getTime()) session(backMs, room, customer);
  }

  function logouts(dayMs: number): void {
    for (const [i, name] of AGENTS.entries()) {
      const atMs = dayMs + 17 * HOUR_MS + random.next() * HOUR_MS;
      if (atMs >= end.getTime() || !random.below(0.8)) continue;
      const user = {
        user_id: i + 1,
        user_email: `${name.split(' ')[0]?.toLowerCase()}@example.com`,
        user_name: name,
      };
      const flags = {
        role: 'agent',
        is_available: true,
        is_verified: true,
        force_offline: random.below(0.1),
      };
      add('agent_logouts', 'agent-logout', atMs, { ...user, ...flags }, { payload: { user: { name } } });
    }
  }

  for (let hourMs = start; hourMs < end.getTime(); hourMs += HOUR_MS) {
    const local = new Date(hourMs + JAKARTA_AHEAD_MS);
    const hour = local.getUTCHours();
    const weekday = (local.getUTCDay() + 6) % 7;
    const expected = (busiest * (DAY[hour] ?? 0) * (WEEKDAY[weekday] ?? 0)) / 16;
    const count = Math.round(expected * (0.8 + random.next() * 0.4));
    for (let i = 0; i < count; i++) {
      const customer = `${random.pick(CUSTOMERS)} ${Math.floor(random.next() * 900 + 100)}`;
      const atMs = hourMs + random.next() * HOUR_MS;
      if (atMs < end.getTime()) session(atMs, `${++rooms + 1000 * seed}`, customer);
    }
    if (hour === 0) logouts(hourMs);
  }
  return rows;
}

function clickHouseTime(ms: number): string {
  return new Date(ms).toISOString().replace('T', ' ').replace('Z', '');
}
