import { type } from 'arktype';
import { channel, flag, id, requiredId, text, time } from './fields.ts';
import type { Fields } from './personal.ts';
import { CHANNEL_FIELDS, extrasAt } from './shared-fields.ts';
import { text as asText } from './values.ts';
import { defineWebhook, membersIn } from './webhook.ts';

/** Custom Agent Allocation: a customer wrote and no agent is assigned yet; fires again on every such message. */
const shape = type({
  room_id: requiredId,
  'source?': text,
  'name?': text,
  'email?': text,
  'is_resolved?': flag,
  // Sent by newer versions only.
  'is_new_session?': flag,
  'channel?': channel,
  'latest_service?': type({ 'id?': id, 'resolved_at?': time }).or('null'),
  'candidate_agent?': type({ 'id?': id, 'email?': text, 'name?': text }).or('null'),
});

/** Where the customer stands in an allocation: in the body itself. */
const CUSTOMER = ['app_id', 'app_code', 'source', 'channel', 'name', 'email', 'avatar_url', 'extras'];
const OF_OTHERS = ['payload', 'service', 'resolved_by', 'agent', 'customer', 'channel_type', 'tag'];

const FIELDS: Fields = {
  room_id: 'plain',
  source: 'plain',
  is_resolved: 'plain',
  is_new_session: 'plain',
  ...CHANNEL_FIELDS,
  // A customer's address here is what others call their user id.
  email: 'customer-id',
  name: 'customer-name',
  avatar_url: 'avatar',
  ...extrasAt('extras'),
  'latest_service.id': 'plain',
  'latest_service.resolved_at': 'plain',
  'latest_service.user_id': 'agent-id',
  'latest_service.notes': 'notes',
  'candidate_agent.id': 'agent-id',
  'candidate_agent.email': 'agent-email',
  'candidate_agent.name': 'agent-name',
  'candidate_agent.avatar_url': 'avatar',
};

export type AllocationBody = typeof shape.infer;

export const allocation = defineWebhook({
  kind: 'allocation',
  claims: (body) => {
    if ('candidate_agent' in body || 'latest_service' in body) return true;
    // Both are optional: the rest is a room with its customer and how it stands, and nothing of the other webhooks.
    const isRoom = 'room_id' in body && ('is_resolved' in body || 'is_new_session' in body);
    return isRoom && membersIn(body, CUSTOMER) >= 2 && membersIn(body, OF_OTHERS) === 0;
  },
  shape,
  fields: FIELDS,
  identity: () => undefined,
  partitionKey: (body) => asText(body.room_id),
  times: () => [],
});
