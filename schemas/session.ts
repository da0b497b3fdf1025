import { type } from 'arktype';
import { channel, flag, id, objectOrText, requiredId, text, time } from './fields.ts';
import type { Fields } from './personal.ts';
import { CHANNEL_FIELDS, extrasAt, ROOM_FIELDS } from './shared-fields.ts';
import { flag as asFlag, text as asText, idText, isDistinctiveTime } from './values.ts';
import { declaredTypes, defineWebhook } from './webhook.ts';

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

const FIELDS: Fields = {
  webhook_type: 'plain',
  is_new_session: 'plain',
  ...CHANNEL_FIELDS,
  'payload.from.id': 'customer-id',
  'payload.from.id_str': 'customer-id',
  'payload.from.email': 'customer-id',
  'payload.from.name': 'customer-name',
  'payload.from.avatar_url': 'avatar',
  'payload.message.id': 'plain',
  'payload.message.type': 'plain',
  'payload.message.timestamp': 'plain',
  'payload.message.text': 'message-text',
  'payload.message.payload': 'message-text',
  ...ROOM_FIELDS,
  'room_log.channel_id': 'plain',
  'room_log.created_at': 'plain',
  'room_log.is_waiting': 'plain',
  'room_log.source': 'plain',
  'room_log.name': 'customer-name',
  'room_log.user_id': 'customer-id',
  'room_log.user_avatar_url': 'avatar',
  ...extrasAt('room_log.extras'),
};

export const session = defineWebhook({
  kind: 'session',
  claims: (body) => {
    if (body.webhook_type === 'NEW_SESSION_WEBHOOK') return true;
    // An allocation says that a session is new as well, and has no payload; what names its type is something else.
    const isMarked = 'room_log' in body || asFlag(body.is_new_session);
    return isMarked && 'payload' in body && declaredTypes(body).length === 0;
  },
  shape,
  fields: FIELDS,
  identity: ({ payload, room_log }) => {
    const roomId = idText(payload.room.id);
    const opened = room_log?.created_at;
    const sent = payload.message?.timestamp;
    // Without either time, every session of a room would be the same event for ever; without the room, all of a second.
    if (roomId === '' || !(isDistinctiveTime(opened) || isDistinctiveTime(sent))) return undefined;
    return [roomId, asText(opened), asText(sent)];
  },
  partitionKey: ({ payload }) => asText(payload.room.id),
  times: ({ payload }) => [payload.message?.timestamp],
});
