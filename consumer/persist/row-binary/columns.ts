import type { FactKind } from '../../../schemas/webhooks.ts';
import type { DeadLetterRow } from '../../intake/dead-letter-row.ts';
import type { AgentLogoutRow } from '../../normalize/agent-logout.ts';
import type { AllocationRow } from '../../normalize/allocation.ts';
import type { ButtonClickRow } from '../../normalize/custom-button.ts';
import type { EventRow } from '../../normalize/event.ts';
import type { MessageRow } from '../../normalize/message.ts';
import type { ResolutionRow } from '../../normalize/resolution.ts';
import type { FactColumns } from '../../normalize/row.ts';
import type { SessionRow } from '../../normalize/session.ts';
import type { ColumnType } from './types.ts';

/** The type of each column, in the order in which they are written. */
export type Columns = Readonly<Record<string, ColumnType>>;

type ColumnsOf<Row> = Readonly<Record<keyof Row, ColumnType>>;

const TEXT_THAT_REPEATS = 'LowCardinality(String)';
const TIME = "DateTime64(3, 'UTC')";
const OPTIONAL_TIME = "Nullable(DateTime64(3, 'UTC'))";

const FACT: ColumnsOf<FactColumns> = {
  event_id: 'String',
  app_id: TEXT_THAT_REPEATS,
  occurred_at: TIME,
  received_at: TIME,
  outbox: TEXT_THAT_REPEATS,
  sequence: 'UInt64',
};

/** What `events_rows` is sent. Types are its own: ClickHouse refuses those that are not. */
export const EVENT_COLUMNS: ColumnsOf<EventRow> = {
  ...FACT,
  kind: TEXT_THAT_REPEATS,
  payload: 'String',
  topic: TEXT_THAT_REPEATS,
  partition: 'UInt32',
  offset: 'UInt64',
  chain: 'String',
};

/** What `dead_letters_rows` is sent. */
export const DEAD_LETTER_COLUMNS: ColumnsOf<DeadLetterRow> = {
  id: 'String',
  event_id: 'String',
  app_id: TEXT_THAT_REPEATS,
  kind: TEXT_THAT_REPEATS,
  occurred_at: TIME,
  stage: TEXT_THAT_REPEATS,
  reason: 'String',
  topic: TEXT_THAT_REPEATS,
  partition: 'UInt32',
  offset: 'UInt64',
  failed_at: TIME,
  headers: 'Map(String, String)',
  key: 'Nullable(String)',
  value: 'Nullable(String)',
};

const AGENT_LOGOUT: ColumnsOf<AgentLogoutRow> = {
  ...FACT,
  user_id: 'UInt64',
  user_email: 'String',
  user_name: 'String',
  role: TEXT_THAT_REPEATS,
  is_available: 'Bool',
  is_verified: 'Bool',
  force_offline: 'Bool',
  last_login: OPTIONAL_TIME,
  account_created_at: OPTIONAL_TIME,
  account_updated_at: OPTIONAL_TIME,
};

const SESSION: ColumnsOf<SessionRow> = {
  ...FACT,
  room_id: 'String',
  room_name: 'String',
  channel: TEXT_THAT_REPEATS,
  channel_id: 'UInt64',
  channel_name: 'String',
  customer_id: 'String',
  customer_name: 'String',
  is_waiting: 'Bool',
  opened_at: TIME,
  first_message_type: TEXT_THAT_REPEATS,
  first_message_text: 'String',
  user_properties: 'Map(String, String)',
};

const RESOLUTION: ColumnsOf<ResolutionRow> = {
  ...FACT,
  room_id: 'String',
  service_id: 'UInt64',
  channel: TEXT_THAT_REPEATS,
  agent_id: 'UInt64',
  agent_email: 'String',
  agent_name: 'String',
  agent_role: TEXT_THAT_REPEATS,
  customer_id: 'String',
  customer_name: 'String',
  first_comment_id: 'String',
  last_comment_id: 'String',
  notes: 'String',
};

const MESSAGE: ColumnsOf<MessageRow> = {
  ...FACT,
  room_id: 'String',
  room_name: 'String',
  channel: TEXT_THAT_REPEATS,
  channel_id: 'UInt64',
  channel_name: 'String',
  sender_id: 'String',
  sender_name: 'String',
  via: TEXT_THAT_REPEATS,
  message_id: 'String',
  type: TEXT_THAT_REPEATS,
  text: 'String',
  is_resolved: 'Bool',
  is_waiting: 'Bool',
};

const ALLOCATION: ColumnsOf<AllocationRow> = {
  ...FACT,
  room_id: 'String',
  channel: TEXT_THAT_REPEATS,
  customer_id: 'String',
  customer_name: 'String',
  is_resolved: 'Bool',
  is_new_session: 'Bool',
  candidate_agent_id: 'UInt64',
  candidate_agent_email: 'String',
  candidate_agent_name: 'String',
  latest_service_id: 'UInt64',
  latest_service_resolved_at: OPTIONAL_TIME,
};

const BUTTON_CLICK: ColumnsOf<ButtonClickRow> = {
  ...FACT,
  room_id: 'String',
  channel_id: 'UInt64',
  channel_name: 'String',
  channel_type: TEXT_THAT_REPEATS,
  agent_email: 'String',
  agent_name: 'String',
  agent_role: TEXT_THAT_REPEATS,
  customer_id: 'String',
  customer_name: 'String',
  notes: 'String',
  tags: 'Array(String)',
  customer_properties: 'Map(String, String)',
  additional_info: 'String',
};

/** What the table of each kind is sent. */
export const FACT_COLUMNS: Readonly<Record<FactKind, Columns>> = {
  'agent-logout': AGENT_LOGOUT,
  session: SESSION,
  resolution: RESOLUTION,
  message: MESSAGE,
  allocation: ALLOCATION,
  'custom-button': BUTTON_CLICK,
};
