import type { Asked } from './ask.ts';
import { type Row, textOf } from './values.ts';

/** An agent's name, or what else is known of them. */
export function agentName(row: Row): string {
  return textOf(row, 'agent') || textOf(row, 'agent_email') || 'Nobody named';
}

/** What narrows rows to one agent of an app: the id; where the vendor sent none, 0 and the e-mail address. */
export function ofAgent(row: Row): Asked {
  const id = textOf(row, 'agent_id');
  return { app: textOf(row, 'app_id'), agent: id === '0' ? `0 ${textOf(row, 'agent_email')}` : id };
}
