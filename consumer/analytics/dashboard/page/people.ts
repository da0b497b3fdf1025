import type { Asked } from './ask.ts';
import { type Row, textOf } from './values.ts';

/** An agent's name, or what else is known of them. */
export function agentName(row: Row): string {
  return textOf(row, 'agent') || textOf(row, 'agent_email') || 'Nobody named';
}

/** What narrows rows to one agent of an app: by the id, or the e-mail address where the vendor sent no id. */
export function ofAgent(row: Row): Asked {
  const id = textOf(row, 'agent_id');
  const agent = id === '0' && textOf(row, 'agent_email') !== '' ? textOf(row, 'agent_email') : id;
  return { app: textOf(row, 'app_id'), agent };
}
