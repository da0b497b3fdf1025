import { type } from 'arktype';
import { channel, flag, id, requiredId, text } from './fields.ts';
import { text as asText } from './values.ts';
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

export const resolution = defineWebhook({
  kind: 'resolution',
  vendorName: 'Mark As Resolved',
  claims: (body) => 'service' in body && 'resolved_by' in body,
  shape,
  identity: ({ service }) => {
    const serviceId = asText(service.id);
    const lastComment = asText(service.last_comment_id);
    // A room alone would make all its resolutions the same event.
    return serviceId === '' && lastComment === ''
      ? undefined
      : [serviceId, asText(service.room_id), lastComment];
  },
  partitionKey: ({ service }) => asText(service.room_id),
  times: () => [],
});
