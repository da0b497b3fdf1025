import { type } from 'arktype';
import { channel, flag, id, requiredId, text, time } from './fields.ts';
import { text as asText } from './values.ts';
import { defineWebhook } from './webhook.ts';

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

export type AllocationBody = typeof shape.infer;

export const allocation = defineWebhook({
  kind: 'allocation',
  vendorName: 'Custom Agent Allocation',
  claims: (body) => 'candidate_agent' in body || 'latest_service' in body,
  shape,
  identity: () => undefined,
  partitionKey: (body) => asText(body.room_id),
  times: () => [],
});
