import { type } from 'arktype';
import { id, objectOrText, requiredId, text } from './fields.ts';
import type { Fields } from './personal.ts';
import { propertiesAt } from './shared-fields.ts';
import { text as asText } from './values.ts';
import { defineWebhook, membersIn } from './webhook.ts';

/** Custom Button: an admin, supervisor or agent pressed a button in a room. */
const shape = type({
  room_id: requiredId,
  'agent?': type({ 'email?': text, 'name?': text, 'type?': text }).or('null'),
  'customer?': type({ 'user_id?': id, 'name?': text }).or('null'),
  'channel_id?': id,
  'channel_name?': text,
  // A display name ("Qiscus Widget"), not the `source` of the other webhooks.
  'channel_type?': text,
  'notes?': text,
  // A list, which is an object to ArkType, or JSON text.
  'tag?': objectOrText,
  'customer_properties?': objectOrText,
  'additional_info?': 'unknown',
});

const FIELDS: Fields = {
  room_id: 'plain',
  'agent.email': 'agent-email',
  'agent.name': 'agent-name',
  'agent.type': 'plain',
  'customer.user_id': 'customer-id',
  'customer.name': 'customer-name',
  'customer.avatar': 'avatar',
  channel_id: 'plain',
  channel_name: 'plain',
  channel_type: 'plain',
  notes: 'notes',
  'tag[*]': 'plain',
  'tag[*].id': 'plain',
  'tag[*].name': 'plain',
  ...propertiesAt('customer_properties', 'label'),
  additional_info: 'customer-properties',
};

const MARKS = ['agent', 'channel_type', 'channel_name', 'customer_properties', 'tag', 'additional_info'];

export type CustomButtonBody = typeof shape.infer;

export const customButton = defineWebhook({
  kind: 'custom-button',
  claims: (body) => ('agent' in body || 'channel_type' in body) && membersIn(body, MARKS) >= 2,
  shape,
  fields: FIELDS,
  identity: () => undefined,
  partitionKey: (body) => asText(body.room_id),
  times: () => [],
});
