import type { FactKind } from '../../schemas/webhooks.ts';

/** The tables that rows are inserted into; each is read through the view of its name without `_rows`. */
export const EVENTS_TABLE = 'events_rows';
export const DEAD_LETTERS_TABLE = 'dead_letters_rows';
export const REDRIVES_TABLE = 'dead_letter_redrives';
export const DISMISSALS_TABLE = 'dead_letter_dismissals';
export const FACT_TABLES: Readonly<Record<FactKind, string>> = {
  'agent-logout': 'agent_logouts_rows',
  session: 'sessions_rows',
  resolution: 'resolutions_rows',
  message: 'messages_rows',
  allocation: 'allocations_rows',
  'custom-button': 'button_clicks_rows',
};
