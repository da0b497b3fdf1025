import type { EventHead } from '../../schemas/event.ts';
import type { FactKind } from '../../schemas/webhooks.ts';
import { normalizeAgentLogout } from './agent-logout.ts';
import { normalizeAllocation } from './allocation.ts';
import { normalizeCustomButton } from './custom-button.ts';
import { normalizeMessage } from './message.ts';
import type { Normalize, Normalized } from './normalizer.ts';
import { normalizeResolution } from './resolution.ts';
import { normalizeSession } from './session.ts';

const NORMALIZERS: Readonly<Record<FactKind, Normalize>> = {
  'agent-logout': normalizeAgentLogout,
  session: normalizeSession,
  resolution: normalizeResolution,
  message: normalizeMessage,
  allocation: normalizeAllocation,
  'custom-button': normalizeCustomButton,
};

/** The row of an event in its kind's table. Pure: the same event gives the same row for ever. @param payload its body, JSON */
export function normalize(event: EventHead, payload: string): Normalized {
  return event.kind === 'unrecognized' ? { outcome: 'none' } : NORMALIZERS[event.kind](event, payload);
}
