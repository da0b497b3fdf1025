import type { JsonObject } from '../../../../schemas/json.ts';
import type { LogoutFact } from '../facts.ts';
import type { Random } from '../random.ts';
import { id, isoBare, isoZ, roleNumber } from './parts.ts';

/** The User Logout webhook. */
export function agentLogoutBody(
  { agent, atMs, isForced, lastLoginMs }: LogoutFact,
  random: Random,
): JsonObject {
  return {
    payload: {
      action: 'logout',
      timestamp: id(atMs / 1000, random),
      user: {
        avatar_url: null,
        created_at: '2024-01-17T06:50:20',
        email: agent.email,
        force_offline: isForced,
        id: id(agent.id, random),
        // As the vendor has it: true although they have just left.
        is_available: true,
        is_verified: random.chance(0.5),
        last_login: isoZ(lastLoginMs),
        name: agent.name,
        sdk_email: `simulated_${agent.email}`,
        sdk_key: 'simulated-sdk-key',
        type: roleNumber(agent),
        type_as_string: agent.role,
        updated_at: isoBare(atMs - random.integer(5, 600) * 1000),
      },
    },
    type: 'auth',
  };
}
