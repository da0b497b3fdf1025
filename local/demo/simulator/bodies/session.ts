import type { JsonObject } from '../../../../schemas/json.ts';
import type { SessionFact } from '../facts.ts';
import type { Random } from '../random.ts';
import { AVATAR, id, isoBare, isoZ, newerChannel, roomOptions } from './parts.ts';

/** The New Session webhook. */
export function sessionBody(fact: SessionFact, random: Random): JsonObject {
  const { room, isWaiting } = fact;
  const { customer } = room;
  return {
    is_new_session: true,
    ...newerChannel(room),
    payload: {
      from: { avatar_url: AVATAR, email: customer.id, id: 0, id_str: '0', name: customer.name },
      message: messageOf(fact),
      room: {
        id: id(room.number, random),
        id_str: String(room.number),
        is_public_channel: false,
        name: customer.name,
        options: JSON.stringify(roomOptions(room, isWaiting)),
        participants: [{ email: customer.id }, { email: 'simulated_admin@example.com' }],
        room_avatar: AVATAR,
        topic_id: id(room.number, random),
        topic_id_str: String(room.number),
        type: 'group',
      },
    },
    // Without its message, only the log tells one session of a room from another.
    room_log: fact.message !== undefined && random.chance(0.02) ? null : roomLog(fact, random),
    webhook_type: 'NEW_SESSION_WEBHOOK',
  };
}

function messageOf({ message, startedMs }: SessionFact): JsonObject | null {
  if (message === undefined) return null;
  const { type, text } = message;
  const payload =
    type === 'file_attachment' ? { caption: '', url: 'https://example.com/file/foto.jpg' } : null;
  return { id: 0, id_str: '0', payload, text, timestamp: isoZ(startedMs), type };
}

function roomLog({ room, openedMs, isWaiting, message }: SessionFact, random: Random): JsonObject {
  const extras = { user_properties: [{ key: 'Kota', value: random.pick(['Jakarta', 'Bandung', 'Medan']) }] };
  return {
    channel_id: id(room.channel.id, random),
    created_at: isoBare(openedMs),
    extras: random.pick([null, extras, JSON.stringify(extras)]),
    has_no_message: message === undefined,
    is_waiting: isWaiting,
    name: room.customer.name,
    resolved: false,
    room_badge: 'https://example.com/img/badge.svg',
    room_id: String(room.number),
    source: room.channel.source,
    user_avatar_url: AVATAR,
    user_id: room.customer.id,
  };
}
