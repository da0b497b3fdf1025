import type { JsonObject } from '../../../../schemas/json.ts';
import { TAGS } from '../cast.ts';
import type { ButtonFact } from '../facts.ts';
import type { Random } from '../random.ts';
import { AVATAR, id } from './parts.ts';

/** The Custom Button webhook. */
export function customButtonBody({ room, agent, tags, notes }: ButtonFact, random: Random): JsonObject {
  const { channel, customer } = room;
  return {
    additional_info: random.chance(0.5) ? [] : [{ nomor_pesanan: `SIM-${random.integer(1000, 9999)}` }],
    agent: { email: agent.email, name: agent.name, type: agent.role },
    channel_id: id(channel.id, random),
    channel_name: channel.name,
    channel_type: channel.displayType,
    customer: { avatar: AVATAR, name: customer.name, user_id: customer.id },
    customer_properties: [
      { id: 1, label: 'WEBSITE', value: '' },
      { id: 2, label: 'ADDRESS', value: random.pick(['', 'Jakarta', 'Bandung']) },
    ],
    notes: notes === '' ? null : notes,
    room_id: id(room.number, random),
    tag: tags.map((name) => ({ id: TAGS.indexOf(name) + 1, name })),
  };
}
