import { type } from 'arktype';
import { channel, flag, id, requiredId, text } from './fields.ts';
import type { Fields } from './personal.ts';
import { CHANNEL_FIELDS } from './shared-fields.ts';
import { text as asText, idText, member } from './values.ts';
import { defineWebhook } from './webhook.ts';

/** Mark As Resolved: someone closed the conversation. The payload has no time of its own. */
const shape = type({
  'customer?': type({ 'user_id?': id, 'name?': text }).or('null'),
  'resolved_by?': type({ 'id?': id, 'email?': text, 'name?': text, 'type?': text }).or('null'),
  // Sent by newer versions only.
  'channel?': channel,
  service: {
    'id?': id,
    room_id: requiredId,
    'is_resolved?': flag,
    'first_comment_id?': id,
    'last_comment_id?': id,
    'notes?': text,
    'source?': text,
  },
});

export type ResolutionBody = typeof shape.infer;

const FIELDS: Fields = {
  'customer.user_id': 'customer-id',
  'customer.name': 'customer-name',
  'customer.avatar': 'avatar',
  'customer.additional_info': 'customer-properties',
  'resolved_by.id': 'agent-id',
  'resolved_by.email': 'agent-email',
  'resolved_by.name': 'agent-name',
  'resolved_by.type': 'plain',
  ...CHANNEL_FIELDS,
  'service.id': 'plain',
  'service.room_id': 'plain',
  'service.is_resolved': 'plain',
  'service.first_comment_id': 'plain',
  'service.last_comment_id': 'plain',
  'service.source': 'plain',
  'service.notes': 'notes',
};

export const resolution = defineWebhook({
  kind: 'resolution',
  claims: (body) => {
    const marks = ['is_resolved', 'first_comment_id', 'last_comment_id'];
    const isMarked = 'resolved_by' in body || marks.some((name) => member(body.service, name) !== undefined);
    return 'service' in body && isMarked;
  },
  shape,
  fields: FIELDS,
  identity: ({ service }) => {
    const serviceId = idText(service.id);
    const lastComment = idText(service.last_comment_id);
    // A room alone would make all its resolutions the same event.
    if (serviceId === '' && lastComment === '') return undefined;
    return [serviceId, asText(service.room_id), lastComment];
  },
  partitionKey: ({ service }) => asText(service.room_id),
  times: () => [],
});
