import { type } from 'arktype';
import { channel, flag, id, objectOrText, requiredId, text, time } from './fields.ts';
import { text as asText } from './values.ts';
import { defineWebhook } from './webhook.ts';

/** New Session: a customer's first message, or the first after the room was resolved. */
const shape = type({
  'webhook_type?': text,
  'is_new_session?': flag,
  'channel?': channel,
  payload: {
    'from?': type({ 'id?': id, 'email?': text, 'name?': text }).or('null'),
    'message?': type({ 'id?': id, 'type?': text, 'text?': text, 'timestamp?': time }).or('null'),
    room: { id: requiredId, 'name?': text, 'options?': objectOrText },
  },
  'room_log?': type({
    'channel_id?': id,
    'created_at?': time,
    // null, an object or JSON text, from case to case.
    'extras?': objectOrText,
    'is_waiting?': flag,
    'name?': text,
    'source?': text,
    'user_id?': id,
  }).or('null'),
});

export type SessionBody = typeof shape.infer;

export const session = defineWebhook({
  kind: 'session',
  vendorName: 'New Session',
  claims: (body) => body.webhook_type === 'NEW_SESSION_WEBHOOK' || ('room_log' in body && 'payload' in body),
  shape,
  identity: ({ payload, room_log }) => {
    const opened = asText(room_log?.created_at);
    const sent = asText(payload.message?.timestamp);
    // Without either time, every session of a room would be the same event for ever.
    return opened === '' && sent === '' ? undefined : [asText(payload.room.id), opened, sent];
  },
  partitionKey: ({ payload }) => asText(payload.room.id),
  times: ({ payload }) => [payload.message?.timestamp],
});
