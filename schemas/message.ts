import { type } from 'arktype';
import { channel, id, objectOrText, requiredId, text, time } from './fields.ts';
import { text as asText, isNoId } from './values.ts';
import { defineWebhook } from './webhook.ts';

/** Bot: a customer wrote (`post_comment_mobile`), or a message was posted through the API (`post_comment_rest`). */
const shape = type({
  type: /^post_comment/,
  // Sent by newer versions only.
  'channel?': channel,
  payload: {
    'from?': type({ 'id?': id, 'email?': text, 'name?': text }).or('null'),
    room: { id: requiredId, 'name?': text, 'options?': objectOrText },
    message: {
      'id?': id,
      'type?': text,
      'text?': text,
      // The rest is sent by newer versions only.
      'unique_temp_id?': id,
      'created_at?': time,
      'timestamp?': time,
      'unix_timestamp?': time,
      'unix_nano_timestamp?': time,
    },
  },
});

export type MessageBody = typeof shape.infer;

export const message = defineWebhook({
  kind: 'message',
  vendorName: 'Bot',
  claims: (body) => typeof body.type === 'string' && body.type.startsWith('post_comment'),
  shape,
  identity: ({ payload: { message } }) => {
    if (!isNoId(message.unique_temp_id)) return ['unique_temp_id', asText(message.unique_temp_id)];
    return isNoId(message.id) ? undefined : ['id', asText(message.id)];
  },
  partitionKey: ({ payload }) => asText(payload.room.id),
  times: ({ payload: { message } }) => [
    message.unix_nano_timestamp,
    message.timestamp,
    message.unix_timestamp,
    message.created_at,
  ],
});
