import { type AgentLogoutBody, agentLogout } from '../../schemas/agent-logout.ts';
import type { EventHead } from '../../schemas/event.ts';
import { firstText, flag, text, uint64 } from '../../schemas/values.ts';
import type { DateTimeText } from './date-time-text.ts';
import { defineNormalizer } from './normalizer.ts';
import { dateTimeOrNull, type FactColumns, factColumns, type UInt64Text } from './row.ts';

/** A row of `agent_logouts`. */
export interface AgentLogoutRow extends FactColumns {
  readonly user_id: UInt64Text;
  readonly user_email: string;
  readonly user_name: string;
  readonly role: string;
  readonly is_available: boolean;
  readonly is_verified: boolean;
  readonly force_offline: boolean;
  readonly last_login: DateTimeText | null;
  readonly account_created_at: DateTimeText | null;
  readonly account_updated_at: DateTimeText | null;
}

const ROLES: Readonly<Record<string, string>> = { '1': 'admin', '2': 'agent', '3': 'supervisor' };

function toRow({ payload: { user } }: AgentLogoutBody, event: EventHead): AgentLogoutRow {
  const typeText = text(user.type);
  return {
    ...factColumns(event),
    user_id: uint64(user.id),
    user_email: text(user.email),
    user_name: text(user.name),
    role: firstText(user.type_as_string, ROLES[typeText], typeText),
    is_available: flag(user.is_available),
    is_verified: flag(user.is_verified),
    force_offline: flag(user.force_offline),
    last_login: dateTimeOrNull(user.last_login),
    account_created_at: dateTimeOrNull(user.created_at),
    account_updated_at: dateTimeOrNull(user.updated_at),
  };
}

export const normalizeAgentLogout = defineNormalizer(agentLogout, toRow);
