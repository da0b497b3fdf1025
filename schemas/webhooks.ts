import { agentLogout } from './agent-logout.ts';
import { allocation } from './allocation.ts';
import { customButton } from './custom-button.ts';
import { message } from './message.ts';
import { resolution } from './resolution.ts';
import { session } from './session.ts';

/** Every webhook there is, in the order in which they are asked whether a body is theirs. */
export const WEBHOOKS = [agentLogout, session, resolution, message, allocation, customButton] as const;

/** A kind with a table of its own. */
export type FactKind = (typeof WEBHOOKS)[number]['kind'];
/** Every kind of event; `unrecognized` is any other JSON object, kept because the vendor may never send it again. */
export type Kind = FactKind | 'unrecognized';

export const FACT_KINDS: readonly FactKind[] = WEBHOOKS.map(({ kind }) => kind);
export const KINDS: readonly Kind[] = [...FACT_KINDS, 'unrecognized'];
