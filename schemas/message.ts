import { type } from 'arktype';
import { channel, id, objectOrText, requiredId, text, time } from './fields.ts';
import type { Fields } from './personal.ts';
import { CHANNEL_FIELDS, ROOM_FIELDS } from './shared-fields.ts';
import { text as asText, idText } from './values.ts';
import { declaredTypes, defineWebhook } from './webhook.ts';

const TYPE_PREFIX = 'post_comment';

/** Bot: a customer wrote (`post_comment_mobile`), or a message was posted through the API (`post_comment_rest`). */
const shape = type({
  // One of the two is there: captured traffic has bodies whose only key is `payload`.
  'type?': text,
  // Sent by newer versions only.
  'channel?': channel,
  payload: {
    'type?': text,
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
}).narrow(
  (body, context) =>
    messageType(body) !== undefined ||
    context.reject({
      path: ['type'],
      expected: `text that begins with ${TYPE_PREFIX}, here or in the payload`,
    }),
);

export type MessageBody = typeof shape.infer;

/** Who writes is a customer, or who posts through the API. */
const FIELDS: Fields = {
  type: 'plain',
  ...CHANNEL_FIELDS,
  'payload.type': 'plain',
  'payload.from.id': ['customer-id', 'agent-id'],
  'payload.from.id_str': ['customer-id', 'agent-id'],
  'payload.from.email': ['customer-id', 'agent-email'],
  'payload.from.name': ['customer-name', 'agent-name'],
  'payload.from.avatar_url': 'avatar',
  ...ROOM_FIELDS,
  'payload.message.id': 'plain',
  'payload.message.type': 'plain',
  'payload.message.unique_temp_id': 'plain',
  'payload.message.created_at': 'plain',
  'payload.message.timestamp': 'plain',
  'payload.message.unix_timestamp': 'plain',
  'payload.message.unix_nano_timestamp': 'plain',
  'payload.message.text': 'message-text',
  'payload.message.payload': 'message-text',
  'payload.message.extras': 'message-text',
};

export const message = defineWebhook({
  kind: 'message',
  claims: (body) => messageType(body) !== undefined,
  shape,
  fields: FIELDS,
  identity: ({ payload: { from, room, message } }) => {
    const own = ownId(message);
    const whose = [idText(room.id), idText(from?.id), asText(from?.email)];
    // The web SDK makes its ids of the clock's milliseconds, so two customers can have one: alone it names nothing.
    if (own === undefined || whose.every((part) => part === '')) return undefined;
    return [...own, ...whose, asText(message.type), asText(message.text)];
  },
  partitionKey: ({ payload }) => asText(payload.room.id),
  times: ({ payload: { message } }) => [
    message.unix_nano_timestamp,
    message.timestamp,
    message.unix_timestamp,
    message.created_at,
  ],
});

/** The id that the message itself has, and which one that is; undefined when it has none. */
function ownId(message: MessageBody['payload']['message']): [name: string, id: string] | undefined {
  const temporary = idText(message.unique_temp_id);
  if (temporary !== '') return ['unique_temp_id', temporary];
  const final = idText(message.id);
  return final === '' ? undefined : ['id', final];
}

/** How a message came in, `post_comment_mobile` or `post_comment_rest`; undefined for what is no message. */
export function messageType(body: Parameters<typeof declaredTypes>[0]): string | undefined {
  return declaredTypes(body).find((each) => each.startsWith(TYPE_PREFIX));
}
