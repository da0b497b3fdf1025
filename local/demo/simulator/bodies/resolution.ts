import type { JsonObject } from '../../../../schemas/json.ts';
import type { ResolutionFact } from '../facts.ts';
import type { Random } from '../random.ts';
import { AVATAR, id, newerChannel } from './parts.ts';

/** The Mark As Resolved webhook: it has no time of its own. */
export function resolutionBody(fact: ResolutionFact, random: Random): JsonObject {
  const { room, agent, notes } = fact;
  return {
    ...newerChannel(room),
    customer: {
      additional_info: random.chance(0.7) ? [] : [{ Kota: 'Surabaya' }],
      avatar: random.chance(0.5) ? AVATAR : null,
      name: room.customer.name,
      user_id: room.customer.id,
    },
    resolved_by:
      agent === undefined
        ? null
        : {
            email: agent.email,
            id: id(agent.id, random),
            is_available: random.chance(0.5),
            name: agent.name,
            type: agent.role,
          },
    service: {
      first_comment_id: id(fact.firstCommentId, random),
      id: id(fact.serviceId, random),
      is_resolved: true,
      last_comment_id: id(fact.lastCommentId, random),
      notes: notes === '' ? null : notes,
      room_id: String(room.number),
      source: room.channel.source,
    },
  };
}
