import type { JsonObject } from '../../../../schemas/json.ts';
import type { MessageFact } from '../facts.ts';
import type { Random } from '../random.ts';
import { AVATAR, appCode, id, isoZ, newerChannel, roomOptions } from './parts.ts';

/** The Bot webhook: older ones carry neither an id nor a time, newer ones several of both. */
export function messageBody(fact: MessageFact, random: Random): JsonObject {
  const { room, via } = fact;
  const type = `post_comment_${via}`;
  const options = roomOptions(room, room.isNewer ? fact.isWaiting : String(fact.isWaiting));
  return {
    type,
    ...(room.isNewer && { app_code: appCode(room.app) }),
    ...newerChannel(room),
    payload: {
      ...(room.isNewer && { type }),
      from: sender(fact),
      room: {
        id: id(room.number, random),
        topic_id: id(room.number, random),
        type: 'group',
        name: room.customer.name,
        options: room.isNewer ? JSON.stringify(options) : options,
        participants: [{ id: 1, email: room.customer.id, username: room.customer.name, avatar_url: AVATAR }],
      },
      message: { ...fact.message, payload: {}, ...named(fact, random) },
    },
  };
}

function sender({ via, room: { customer } }: MessageFact): JsonObject {
  return via === 'mobile'
    ? { id: 1, email: customer.id, name: customer.name }
    : { id: 2, email: 'bot@example.com', name: 'Bot Toko' };
}

function named({ room, commentId, sentMs }: MessageFact, random: Random): JsonObject {
  if (!room.isNewer) return {};
  return {
    id: id(commentId, random),
    unique_temp_id: `simulated_${commentId}`,
    comment_before_id: id(commentId - 1, random),
    created_at: isoZ(sentMs),
    timestamp: new Date(sentMs).toISOString(),
    unix_timestamp: Math.floor(sentMs / 1000),
    // Named for nanoseconds, and holds milliseconds.
    unix_nano_timestamp: sentMs,
    extras: {},
  };
}
