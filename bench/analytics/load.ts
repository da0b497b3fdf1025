import type { ClickHouseClient } from '@clickhouse/client';
import {
  type Business,
  EVENT_ID,
  EVENTS_OF_A_SESSION,
  KIND,
  RECEIVED_AT,
  sessionAliases,
} from './business.ts';
import { bringUpToDate } from './kept.ts';

/** Events of one step: some parts of each table, as many as a month of a large business. */
const EVENTS_AT_ONCE = 4_000_000;
/** One event in so many stands twice, as after a redelivery. */
const TWICE_EVERY = 100;

const SETTINGS = {
  max_execution_time: 0,
  max_insert_threads: '1',
  max_threads: 1,
  max_block_size: '65536',
  min_insert_block_size_rows: '500000',
  min_insert_block_size_bytes: '400000000',
  wait_end_of_query: 1,
} as const;

/**
 * Fills the tables that the consumer fills, step by step in order of time, so that whatever stands on them is filled as
 * in production: events with payloads, and the facts of each kind; and brings up to date what the consumer keeps.
 * @param from the first session that is not there yet; a step that had begun is done again, as by a redelivery
 * @param told of how many sessions all stands, after each step
 */
export async function load(
  client: ClickHouseClient,
  business: Business,
  from: number,
  told: (sessions: number) => Promise<void>,
): Promise<void> {
  const { sessions } = business;
  const atOnce = Math.ceil(EVENTS_AT_ONCE / EVENTS_OF_A_SESSION);
  for (let first = from; first < sessions; first += atOnce) {
    const end = Math.min(first + atOnce, sessions);
    const fill = async (statements: readonly Statement[]) => {
      for (const statement of statements) await insert(client, statement(business, first, end));
    };
    // Two cores: the payloads are as much work as all facts.
    await Promise.all([fill([events]), fill(FACTS)]);
    await bringUpToDate(client);
    await told(end);
  }
}

/** Of the sessions from `first` up to, not including, `end`. */
type Statement = (business: Business, first: number, end: number) => Insert;

interface Insert {
  readonly table: string;
  readonly columns: string;
  /** Has the numbers of the events. */
  readonly select: string;
}

/** Every row, and some of them once more. */
async function insert(client: ClickHouseClient, { table, columns, select }: Insert): Promise<void> {
  for (const condition of ['1', `cityHash64('twice', g) % ${TWICE_EVERY} = 0`]) {
    const query = `INSERT INTO ${table} (${columns}) ${select} AND ${condition}`;
    await client.command({ query, clickhouse_settings: SETTINGS });
  }
}

const JSON_TEXT = `concat(
    '{"type":"', if(kind = 'message', 'post_comment_mobile', kind), '","payload":{"from":{"id":', toString(g % 900000),
    ',"email":"', customer_id, '","name":"', customer_name, '","avatar_url":"https://cdn.example.com/avatar/', event_id,
    '.png"},"room":{"id":', room_id, ',"id_str":"', room_id, '","topic_id":', room_id, ',"type":"group","name":"', customer_name,
    '","options":{"is_resolved":false,"source":"', channel, '","is_waiting":"false","channel_details":{"channel_id":',
    toString(channel_id), ',"name":"', channel_name, '"}},"participants":[{"id":', toString(agent_id), ',"email":"', agent_email,
    '","username":"', agent_name, '","avatar_url":"https://cdn.example.com/agents/default.png"}]},"message":{"id":', toString(10 * g + k),
    ',"type":"text","text":"Good morning, I have a question about order ', toString(back % 10000000), '","timestamp":"',
    toString(received_at), '","unique_temp_id":"', event_id, '","payload":{}}}}')`;

const events: Statement = (business, first, end) => ({
  table: 'events_rows',
  columns: `outbox, sequence, event_id, app_id, kind, occurred_at, received_at, payload, topic, partition, offset, chain`,
  select: `
WITH intDiv(number, ${EVENTS_OF_A_SESSION}) AS g, number % ${EVENTS_OF_A_SESSION} AS k, ${sessionAliases(business)},
  ${KIND} AS kind, ${RECEIVED_AT} AS received_at, ${EVENT_ID} AS event_id
SELECT outbox, first + k, event_id, app, kind, if(kind = 'session', at, received_at), received_at, ${JSON_TEXT},
  concat('qiscus.', kind), outbox_number % 6, number, lower(hex(SHA256(event_id)))
FROM numbers(${first * EVENTS_OF_A_SESSION}, ${(end - first) * EVENTS_OF_A_SESSION}) WHERE 1`,
});

/**
 * The facts of one kind.
 * @param k which of a session's events can be of the kind
 * @param columns those that follow the ones that every fact has, each as the expression AS the column
 */
function facts(kind: string, table: string, k: readonly number[], columns: Readonly<Record<string, string>>) {
  const names = Object.keys(columns);
  const statement: Statement = (business, first, end) => ({
    table,
    columns: `event_id, app_id, occurred_at, received_at, outbox, sequence, ${names.join(', ')}`,
    select: `
WITH ${first} + intDiv(number, ${k.length}) AS g, [${k}][1 + number % ${k.length}] AS k, ${sessionAliases(business)},
  ${KIND} AS kind, ${RECEIVED_AT} AS received_at
SELECT ${EVENT_ID}, app, if(kind = 'session', at, received_at), received_at, outbox, first + k, ${names.map((name) => columns[name]).join(', ')}
FROM numbers(${(end - first) * k.length}) WHERE kind = '${kind}'`,
  });
  return statement;
}

const FACTS: readonly Statement[] = [
  facts('session', 'sessions_rows', [0], {
    room_id: 'room_id',
    room_name: 'customer_name',
    channel: 'channel',
    channel_id: 'channel_id',
    channel_name: 'channel_name',
    customer_id: 'customer_id',
    customer_name: 'customer_name',
    is_waiting: 'back % 100 < 35',
    opened_at: 'at',
    first_message_type: `if(back % 7 = 0, 'file_attachment', 'text')`,
    first_message_text: `concat('Good morning, I have a question about order ', toString(back % 10000000))`,
    user_properties: 'map()',
  }),
  facts('resolution', 'resolutions_rows', [1], {
    room_id: 'room_id',
    service_id: '5000000 + g',
    channel: 'channel',
    agent_id: 'agent_id',
    agent_email: 'agent_email',
    agent_name: 'agent_name',
    agent_role: `'agent'`,
    customer_id: 'customer_id',
    customer_name: 'customer_name',
    first_comment_id: 'toString(10 * g)',
    last_comment_id: 'toString(10 * g + 6)',
    notes: `if(back % 10 < 3, 'Sent the invoice again', '')`,
  }),
  facts('message', 'messages_rows', [1, 2, 3, 4, 5, 6, 8, 9], {
    room_id: 'room_id',
    room_name: 'customer_name',
    channel: 'channel',
    channel_id: 'channel_id',
    channel_name: 'channel_name',
    sender_id: 'customer_id',
    sender_name: 'customer_name',
    via: `if(k % 3 < 2, 'mobile', 'rest')`,
    message_id: 'toString(10 * g + k)',
    type: `'text'`,
    text: `concat('Good morning, I have a question about order ', toString(back % 10000000))`,
    is_resolved: 'false',
    is_waiting: 'false',
  }),
  facts('allocation', 'allocations_rows', [7, 8], {
    room_id: 'room_id',
    channel: 'channel',
    customer_id: 'customer_id',
    customer_name: 'customer_name',
    is_resolved: 'false',
    is_new_session: 'true',
    candidate_agent_id: 'agent_id',
    candidate_agent_email: 'agent_email',
    candidate_agent_name: 'agent_name',
    latest_service_id: '0',
    latest_service_resolved_at: 'NULL',
  }),
  facts('custom-button', 'button_clicks_rows', [9], {
    room_id: 'room_id',
    channel_id: 'channel_id',
    channel_name: 'channel_name',
    channel_type: `if(channel = 'qiscus', 'Qiscus Widget', channel)`,
    agent_email: 'agent_email',
    agent_name: 'agent_name',
    agent_role: `'agent'`,
    customer_id: 'customer_id',
    customer_name: 'customer_name',
    notes: `''`,
    tags: `[concat('tag ', toString(i % 30))]`,
    customer_properties: 'map()',
    additional_info: `'{}'`,
  }),
  facts('agent-logout', 'agent_logouts_rows', [9], {
    user_id: 'agent_id',
    user_email: 'agent_email',
    user_name: 'agent_name',
    role: `'agent'`,
    is_available: 'true',
    is_verified: 'true',
    force_offline: 'back % 9 = 0',
    last_login: 'NULL',
    account_created_at: 'NULL',
    account_updated_at: 'NULL',
  }),
];
