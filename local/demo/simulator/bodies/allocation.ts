import type { JsonObject } from '../../../../schemas/json.ts';
import type { AllocationFact, ResolutionFact } from '../facts.ts';
import type { Random } from '../random.ts';
import type { Agent } from '../staff.ts';
import { AVATAR, appCode, id, isoZ, newerChannel, roleNumber, sqlTime } from './parts.ts';

/** The Custom Agent Allocation webhook. */
export function allocationBody(fact: AllocationFact, random: Random): JsonObject {
  const { room, candidate, latest } = fact;
  return {
    app_id: appCode(room.app),
    source: room.channel.source,
    ...(room.isNewer && { app_code: appCode(room.app), is_new_session: fact.isNewSession }),
    ...newerChannel(room),
    name: room.customer.name,
    email: room.customer.id,
    avatar_url: AVATAR,
    extras: random.chance(0.5) ? '{"timezone_offset":7}' : null,
    is_resolved: latest !== undefined,
    latest_service: latest ? service(latest) : null,
    room_id: room.isNewer ? String(room.number) : id(room.number, random),
    candidate_agent: candidate ? candidateAgent(candidate, fact) : null,
  };
}

function service({
  room,
  serviceId,
  receivedMs,
  firstCommentId,
  lastCommentId,
  notes,
  agent,
}: ResolutionFact) {
  const at = room.isNewer ? isoZ(receivedMs) : sqlTime(receivedMs);
  return {
    id: serviceId,
    user_id: agent?.id ?? 0,
    room_log_id: serviceId,
    app_id: 1,
    room_id: String(room.number),
    notes: notes === '' ? null : notes,
    resolved_at: at,
    is_resolved: true,
    created_at: at,
    updated_at: at,
    first_comment_id: String(firstCommentId),
    last_comment_id: String(lastCommentId),
    retrieved_at: at,
    first_comment_timestamp: null,
  };
}

/** With the secrets that the vendor sends along: the edge takes them out before anything is stored. */
function candidateAgent(agent: Agent, { receivedMs }: AllocationFact): JsonObject {
  return {
    id: agent.id,
    name: agent.name,
    email: agent.email,
    authentication_token: 'simulated-authentication-token',
    created_at: '2024-01-17 06:50:20',
    updated_at: sqlTime(receivedMs - 86_400_000),
    sdk_email: `simulated_${agent.email}`,
    sdk_key: 'simulated-sdk-key',
    is_available: true,
    type: roleNumber(agent),
    avatar_url: AVATAR,
    app_id: 1,
    is_verified: false,
    notifications_room_id: '1692312',
    bubble_color: '#666666',
    qismo_key: 'simulated-qismo-key',
    direct_login_token: null,
    type_as_string: agent.role,
    assigned_rules: ['wa_messaging', 'qiscus_messaging'],
  };
}
