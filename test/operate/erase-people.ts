import type { Database } from '../support/clickhouse.ts';

/** Whom the tests erase, and who must stay. Their names stand nowhere else. */
export const EVA = { id: '620000000001', name: 'Eva Erasure', says: 'only Eva says this', room: '47019001' };
export const ADAM = {
  id: 'adam@customers.example',
  name: 'Adam Stays',
  says: 'Adam says that',
  room: '47019002',
};
export const AGENT = { id: 164863, email: 'agen-satu@example.test', name: 'Agen Satu' };
/** A room that both wrote in. */
export const SHARED_ROOM = '47019003';

type Person = typeof EVA;

const participants = (...people: readonly Person[]) => [
  ...people.map(({ id, name }) => ({ email: id, username: name })),
  { email: AGENT.email },
];
const options = JSON.stringify({ source: 'wa', channel_details: { channel_id: 1400, name: 'Wa' } });
let count = 0;
const second = () => new Date(Date.UTC(2026, 10, 20, 3, 4, ++count % 60)).toISOString();

/** A session that a person began. */
export const session = (of: Person, room = of.room) => ({
  webhook_type: 'NEW_SESSION_WEBHOOK',
  payload: {
    from: { id: 0, email: of.id, name: of.name },
    message: { id: 0, type: 'text', text: of.says, timestamp: second() },
    room: { id: room, name: of.name, options, participants: participants(of) },
  },
  room_log: {
    channel_id: 1400,
    created_at: second(),
    name: of.name,
    source: 'wa',
    user_id: of.id,
    extras: JSON.stringify({ user_properties: [{ key: 'Address', value: `home of ${of.name}` }] }),
  },
});

/** A message of a person; `more` are others in the room. */
export const message = (of: Person, room = of.room, more: readonly Person[] = []) => ({
  type: 'post_comment_mobile',
  payload: {
    from: { id: 0, email: of.id, name: of.name, avatar_url: `https://pictures.example/${of.id}` },
    message: {
      type: 'text',
      text: `${of.says} ${count}`,
      unique_temp_id: `t${++count}`,
      timestamp: second(),
    },
    room: { id: room, name: of.name, options, participants: participants(of, ...more) },
  },
});

/** What an agent wrote to a person. */
export const reply = (to: Person) => ({
  type: 'post_comment_rest',
  payload: {
    from: { id: AGENT.id, email: AGENT.email, name: AGENT.name },
    message: { type: 'text', text: `Dear ${to.name}`, unique_temp_id: `t${++count}`, timestamp: second() },
    room: { id: to.room, name: to.name, options: JSON.parse(options) },
  },
});

export const allocation = (of: Person) => ({
  source: 'wa',
  name: of.name,
  email: of.id,
  extras: JSON.stringify({ notes: `of ${of.name}`, user_properties: [] }),
  is_resolved: false,
  latest_service: { id: 5, notes: `about ${of.name}`, resolved_at: '2026-11-20 03:04:05' },
  room_id: of.room,
  candidate_agent: AGENT,
});

export const resolution = (of: Person) => ({
  customer: { user_id: of.id, name: of.name, additional_info: [{ home: `home of ${of.name}` }] },
  resolved_by: { ...AGENT, type: 'agent' },
  service: {
    id: 700 + ++count,
    room_id: of.room,
    is_resolved: true,
    last_comment_id: `${1_700_000_000 + count}`,
    notes: `${of.name} is glad`,
    source: 'wa',
  },
});

export const button = (of: Person) => ({
  room_id: Number(of.room),
  agent: { email: AGENT.email, name: AGENT.name, type: 'agent' },
  customer: { user_id: of.id, name: of.name },
  channel_id: 4,
  channel_name: 'Wa',
  channel_type: 'WhatsApp',
  notes: `${of.name} asked`,
  tag: [{ id: 1, name: 'vip' }],
  customer_properties: [{ id: 1, label: 'HOME', value: `home of ${of.name}` }],
  additional_info: [{ of: of.name }],
});

export const unrecognized = (of: Person) => ({
  newer: { contact: { phone: of.id, name: of.name } },
  at: second(),
});

export const logout = () => ({
  type: 'auth',
  payload: { action: 'logout', timestamp: 1_790_000_000, user: { ...AGENT, type: 2 } },
});

/** All that is stored, every copy of every row of every table, as text by table; what stands in base64 is read. */
export async function everything({ rows }: Database): Promise<Map<string, string[]>> {
  const tables = await rows<{ name: string }>(
    `SELECT name FROM system.tables WHERE database = currentDatabase() AND engine LIKE '%MergeTree'`,
  );
  const stored = new Map<string, string[]>();
  for (const { name } of tables) {
    const found = await rows<Record<string, unknown>>(`SELECT * FROM ${name}`);
    stored.set(
      name,
      found.map((row) => `${JSON.stringify(row)} ${unpacked(row)}`),
    );
  }
  return stored;
}

/** The rows in which something of a person stands. */
export async function rowsWith(database: Database, person: Person): Promise<Record<string, number>> {
  const marks = [person.id, person.name, person.says];
  const stored = await everything(database);
  const counts = [...stored].map(
    ([table, rows]) =>
      [table, rows.filter((row) => marks.some((mark) => row.includes(mark))).length] as const,
  );
  return Object.fromEntries(counts.filter(([, n]) => n > 0));
}

function unpacked({ key, value, headers }: Record<string, unknown>): string {
  const texts = [key, value, ...Object.values((headers ?? {}) as object)].filter(
    (each) => typeof each === 'string',
  );
  return texts.map((text) => Buffer.from(text, 'base64').toString()).join(' ');
}
