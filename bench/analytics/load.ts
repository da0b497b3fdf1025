import type { ClickHouseClient } from '@clickhouse/client';

/** How many days the events are spread over. */
export const DAYS = 90;

/** One step of the loading: what it fills and the statement that fills it. */
interface Step {
  readonly what: string;
  readonly sql: string;
  readonly outbox?: string;
}

/**
 * Fills the tables with a support business of four apps, 60 agents each, and rooms that come back: of ten events,
 * one opens a session, nearly one resolves it, six are messages, one and a half allocations, the rest custom buttons and
 * logouts. The same numbers give the same rows. One row in a hundred stands twice, as after a redelivery.
 * @param events how many, over all kinds
 * @param end when the last of them was received
 */
export async function load(
  client: ClickHouseClient,
  events: number,
  end: Date,
  told: (step: string) => void,
): Promise<void> {
  const sessions = Math.round(events / 10);
  const endSeconds = Math.floor(end.getTime() / 1000);
  for (const { what, sql, outbox } of STEPS) {
    told(what);
    const query_params = { sessions, end: endSeconds, outbox };
    await client.command({ query: sql, query_params, clickhouse_settings: SETTINGS });
  }
}

/** Within what the local server lets a query take. */
const SETTINGS = {
  max_execution_time: 0,
  max_insert_threads: '1',
  min_insert_block_size_rows: '200000',
  min_insert_block_size_bytes: '64000000',
  // One thread numbers the rows of an outbox without gaps.
  max_threads: 1,
  wait_end_of_query: 1,
} as const;

const START = `{end:UInt32} - ${DAYS} * 86400`;

/** A number from 0 up to, not including, 1 that `i` and the name decide. */
const chance = (name: string, i: string) => `(cityHash64('${name}', ${i}) % 1000000) / 1000000`;

/** Every twelfth session comes back to the room of the one before it, after its resolution. */
const first = (i: string) => `${i} - toUInt64(${i} % 12 = 11)`;

/** Milliseconds until the resolution of session `i`: half an hour in the median, days at times. */
const delayMs = (i: string) =>
  `toInt64(least(1800 * pow((0.0005 + ${chance('delay', i)}) / (1.0005 - ${chance('delay', i)}), 0.8), 864000) * 1000)`;

/** Unix milliseconds: nine in ten between 8 and 20 o'clock in Jakarta. */
const startMs = (
  i: string,
) => `(toInt64(intDiv(${START}, 86400) * 86400) + (cityHash64('day', ${i}) % (${DAYS} + 1)) * 86400) * 1000
  + toInt64(if(${chance('night', i)} < 0.9, 3600 + ${chance('second', i)} * 43200, ${chance('second', i)} * 86400) * 1000)`;

const sessionMs = (i: string) => `if(${i} % 12 = 11,
  ${startMs(first(i))} + ${delayMs(first(i))} + toInt64(${chance('back', i)} * 129600000), ${startMs(i)})`;

const EVENT_ID = (kind: string, i: string) => `lower(hex(MD5(concat('${kind}', toString(${i})))))`;
const ROOM = (i: string) => `cityHash64('room', ${first(i)}) % greatest(intDiv({sessions:UInt64}, 2), 1)`;
const APPS = ['demo', 'shop', 'bank', 'clinic'];
const OUTBOXES = APPS.flatMap((app) => [0, 1, 2, 3].map((shard) => `${app}/${shard}`));
const APP = (room: string) =>
  `['demo', 'shop', 'bank', 'clinic'][arrayFirstIndex(share -> cityHash64('app', ${room}) % 100 < share, [60, 85, 95, 100])]`;
const CHANNEL = (room: string) =>
  `['wa', 'qiscus', 'fb', 'ig', 'line', 'telegram'][arrayFirstIndex(share -> cityHash64('channel', ${room}) % 100 < share, [55, 75, 83, 91, 96, 100])]`;

const SESSIONS = `
INSERT INTO sessions_rows
WITH number AS i, ${ROOM('i')} AS room, ${APP('room')} AS app, ${CHANNEL('room')} AS source,
  fromUnixTimestamp64Milli(${sessionMs('i')}, 'UTC') AS at
SELECT ${EVENT_ID('session', 'i')}, app, at, at + toIntervalMillisecond(300), concat(app, '/', toString(room % 4)), i + 1,
  toString(90000000 + room), concat('Customer ', toString(room)), source, 1000 + room % 7, concat(source, ' ', app),
  concat('62811', toString(10000000 + room)), concat('Customer ', toString(room)), ${chance('waiting', 'i')} < 0.35, at,
  if(${chance('type', 'i')} < 0.85, 'text', 'file_attachment'), 'Good morning, I have a question about my order', map()
FROM numbers({sessions:UInt64})
WHERE at < fromUnixTimestamp64Milli(toInt64({end:UInt32}) * 1000, 'UTC')`;

const AGENT = '1 + cityHash64(app_id, room_id, sequence) % 60';

const RESOLUTIONS = `
INSERT INTO resolutions_rows
WITH sequence - 1 AS i, occurred_at + toIntervalMillisecond(${delayMs('i')}) AS at, ${AGENT} AS agent
SELECT ${EVENT_ID('resolution', 'i')}, app_id, at, at, outbox, 10000000 + i, room_id, 5000000 + i, channel, agent,
  concat('agent', toString(agent), '@', app_id, '.test'), concat('Agent ', toString(agent)), 'agent',
  customer_id, customer_name, toString(i), toString(i + 1), if(${chance('note', 'i')} < 0.3, 'Sent the invoice again', '')
FROM sessions_rows
WHERE (${chance('open', 'i')} < 0.95 OR i % 12 = 10) AND at < fromUnixTimestamp64Milli(toInt64({end:UInt32}) * 1000, 'UTC')`;

const MESSAGES = `
INSERT INTO messages_rows
SELECT ${EVENT_ID('message', 'sequence * 8 + copy')}, app_id, occurred_at + toIntervalSecond(copy * 90), received_at + toIntervalSecond(copy * 90),
  outbox, 20000000 + sequence * 8 + copy, room_id, room_name, channel, channel_id, channel_name, customer_id, customer_name,
  if(copy % 3 < 2, 'mobile', 'rest'), toString(sequence * 8 + copy), 'text', 'Thank you, where can I see it?', false, is_waiting
FROM sessions_rows ARRAY JOIN range(toUInt64(6 + (sequence % 5 < 2))) AS copy`;

const ALLOCATIONS = `
INSERT INTO allocations_rows
WITH ${AGENT} AS agent
SELECT ${EVENT_ID('allocation', 'sequence * 2 + copy')}, app_id, received_at + copy, received_at + copy, outbox, 30000000 + sequence * 2 + copy, room_id, channel,
  customer_id, customer_name, false, true, agent, concat('agent', toString(agent), '@', app_id, '.test'),
  concat('Agent ', toString(agent)), 0, NULL
FROM sessions_rows ARRAY JOIN range(toUInt64(1 + (sequence % 5 < 2))) AS copy`;

const BUTTONS = `
INSERT INTO button_clicks_rows
WITH ${AGENT} AS agent
SELECT ${EVENT_ID('custom-button', 'sequence')}, app_id, received_at, received_at, outbox, 40000000 + sequence, room_id,
  channel_id, channel_name, if(channel = 'qiscus', 'Qiscus Widget', channel), concat('agent', toString(agent), '@', app_id, '.test'),
  concat('Agent ', toString(agent)), 'agent', customer_id, customer_name, '', [concat('tag ', toString(sequence % 30))], map(), '{}'
FROM sessions_rows WHERE sequence % 5 = 0`;

const LOGOUTS = `
INSERT INTO agent_logouts_rows
WITH 1 + number % 60 AS agent, ['demo', 'shop', 'bank', 'clinic'][1 + intDiv(number, 60) % 4] AS app,
  fromUnixTimestamp64Milli((toInt64(${START}) + toInt64(${chance('logout', 'number')} * ${DAYS} * 86400)) * 1000, 'UTC') AS at
SELECT ${EVENT_ID('agent-logout', 'number')}, app, at, at + toIntervalMillisecond(200), concat(app, '/', toString(agent % 4)),
  50000000 + number, agent, concat('agent', toString(agent), '@', app, '.test'), concat('Agent ', toString(agent)), 'agent',
  true, true, number % 9 = 0, NULL, NULL, NULL
FROM numbers(intDiv({sessions:UInt64}, 20))`;

/**
 * The audit log: each row above with a payload as long as the vendor's, and numbered without gaps in its outbox, as
 * nothing is missing. One outbox at a time: numbered all at once, the rows would be sorted in memory first.
 */
const events = (kind: string, table: string) => `
INSERT INTO events_rows
  (outbox, sequence, event_id, app_id, kind, occurred_at, received_at, payload, topic, partition, offset)
WITH (SELECT max(sequence) FROM events_rows WHERE outbox = {outbox:String}) AS highest
SELECT outbox, highest + 1 + rowNumberInAllBlocks(), event_id, app_id, '${kind}', occurred_at, received_at,
  concat('{"payload":{"from":{"avatar_url":"https://example.test/', event_id, '.png","id":0,"name":"Customer ', toString(sequence),
    '"},"message":{"id":0,"text":"Good morning, I have a question about my order","timestamp":"', toString(occurred_at),
    '","type":"text"},"room":{"id_str":"', toString(sequence * 7), '","name":"Customer","options":"{\\\\"channel_details\\\\":{}}"}},"source":"wa","type":"${kind}"}'),
  'qiscus.${kind}', sequence % 6, sequence
FROM ${table} WHERE outbox = {outbox:String}`;

const twice = (table: string) =>
  `INSERT INTO ${table} SELECT * FROM ${table} WHERE cityHash64(event_id) % 100 = 0`;

const FACTS = [
  ['session', 'sessions_rows', SESSIONS],
  ['resolution', 'resolutions_rows', RESOLUTIONS],
  ['message', 'messages_rows', MESSAGES],
  ['allocation', 'allocations_rows', ALLOCATIONS],
  ['custom-button', 'button_clicks_rows', BUTTONS],
  ['agent-logout', 'agent_logouts_rows', LOGOUTS],
] as const;

const STEPS: readonly Step[] = [
  ...FACTS.map(([, table, sql]) => ({ what: table, sql })),
  ...FACTS.flatMap(([kind, table]) =>
    OUTBOXES.map((outbox) => ({ what: `events_rows, ${kind}`, sql: events(kind, table), outbox })),
  ),
  ...[...FACTS.map(([, table]) => table), 'events_rows'].map((table) => ({
    what: `${table}, copies`,
    sql: twice(table),
  })),
];
