import type { AgentLogoutBody } from '../../../schemas/agent-logout.ts';
import type { AllocationBody } from '../../../schemas/allocation.ts';
import type { CustomButtonBody } from '../../../schemas/custom-button.ts';
import { objectOrJsonText } from '../../../schemas/json.ts';
import type { MessageBody } from '../../../schemas/message.ts';
import type { ResolutionBody } from '../../../schemas/resolution.ts';
import type { SessionBody } from '../../../schemas/session.ts';
import { flag, member } from '../../../schemas/values.ts';
import { timeOrNull } from './time.ts';

/** The table of a kind, and the columns that its payload fills. */
interface Fact {
  readonly table: string;
  readonly columns: (body: unknown) => object;
}

/** A body is trusted to be of its kind's shape, as one who writes the usual loop does. */
const fact = <Body>(table: string, columns: (body: Body) => object): Fact => ({
  table,
  columns: (body) => columns(body as Body),
});

const agentLogout = ({ payload: { user } }: AgentLogoutBody) => ({
  user_id: user.id,
  user_email: user.email,
  user_name: user.name,
  role: user.type_as_string,
  is_available: flag(user.is_available),
  is_verified: flag(user.is_verified),
  force_offline: flag(user.force_offline),
  last_login: timeOrNull(user.last_login),
  account_created_at: timeOrNull(user.created_at),
  account_updated_at: timeOrNull(user.updated_at),
});

const session = ({ payload: { room, from, message }, room_log: log }: SessionBody) => {
  const options = objectOrJsonText(room.options);
  const properties = member(objectOrJsonText(log?.extras), 'user_properties');
  return {
    room_id: room.id,
    room_name: room.name,
    channel: log?.source,
    channel_id: log?.channel_id,
    channel_name: member(options.channel_details, 'name'),
    customer_id: log?.user_id ?? from?.email,
    customer_name: log?.name ?? from?.name,
    is_waiting: flag(log?.is_waiting),
    opened_at: timeOrNull(log?.created_at),
    first_message_type: message?.type,
    first_message_text: message?.text,
    user_properties: mapOf(properties, 'key'),
  };
};

const resolution = ({ service, resolved_by: agent, customer }: ResolutionBody) => ({
  room_id: service.room_id,
  service_id: service.id,
  channel: service.source,
  agent_id: agent?.id,
  agent_email: agent?.email,
  agent_name: agent?.name,
  agent_role: agent?.type,
  customer_id: customer?.user_id,
  customer_name: customer?.name,
  first_comment_id: service.first_comment_id,
  last_comment_id: service.last_comment_id,
  notes: service.notes,
});

const message = ({ type, payload: { from, room, message: sent } }: MessageBody) => {
  const options = objectOrJsonText(room.options);
  return {
    room_id: room.id,
    room_name: room.name,
    channel: options.source,
    channel_id: member(options.channel_details, 'channel_id'),
    channel_name: member(options.channel_details, 'name'),
    sender_id: from?.id ?? from?.email,
    sender_name: from?.name,
    via: `${type}`.replace('post_comment_', ''),
    message_id: sent.id,
    type: sent.type,
    text: sent.text,
    is_resolved: flag(options.is_resolved),
    is_waiting: flag(options.is_waiting),
  };
};

const allocation = ({ candidate_agent: agent, latest_service: service, ...body }: AllocationBody) => ({
  room_id: body.room_id,
  channel: body.source,
  customer_id: body.email,
  customer_name: body.name,
  is_resolved: flag(body.is_resolved),
  is_new_session: flag(body.is_new_session),
  candidate_agent_id: agent?.id,
  candidate_agent_email: agent?.email,
  candidate_agent_name: agent?.name,
  latest_service_id: service?.id,
  latest_service_resolved_at: timeOrNull(service?.resolved_at),
});

const customButton = ({ agent, customer, ...body }: CustomButtonBody) => ({
  room_id: body.room_id,
  channel_id: body.channel_id,
  channel_name: body.channel_name,
  channel_type: body.channel_type,
  agent_email: agent?.email,
  agent_name: agent?.name,
  agent_role: agent?.type,
  customer_id: customer?.user_id,
  customer_name: customer?.name,
  notes: body.notes,
  tags: listOf(body.tag).map((tag) => member(tag, 'name')),
  customer_properties: mapOf(body.customer_properties, 'label'),
  additional_info: JSON.stringify(body.additional_info),
});

const listOf = (value: unknown): unknown[] => (Array.isArray(value) ? value : []);

const mapOf = (entries: unknown, nameKey: string) =>
  Object.fromEntries(listOf(entries).map((entry) => [member(entry, nameKey), member(entry, 'value')]));

export const FACTS: Readonly<Record<string, Fact>> = {
  'agent-logout': fact('agent_logouts_rows', agentLogout),
  session: fact('sessions_rows', session),
  resolution: fact('resolutions_rows', resolution),
  message: fact('messages_rows', message),
  allocation: fact('allocations_rows', allocation),
  'custom-button': fact('button_clicks_rows', customButton),
};
