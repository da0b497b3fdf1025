import type { FactKind } from '../../schemas/webhooks.ts';

/** The columns of a kind's table that a customer's data stand in, and what is in them when the customer is erased. */
export const PERSONAL_COLUMNS: Readonly<Record<FactKind, Readonly<Record<string, string>>>> = {
  'agent-logout': {},
  session: {
    room_name: "''",
    customer_id: "''",
    customer_name: "''",
    first_message_text: "''",
    user_properties: 'map()',
  },
  resolution: { customer_id: "''", customer_name: "''", notes: "''" },
  message: { room_name: "''", sender_id: "''", sender_name: "''", text: "''" },
  allocation: { customer_id: "''", customer_name: "''" },
  'custom-button': {
    customer_id: "''",
    customer_name: "''",
    notes: "''",
    customer_properties: 'map()',
    additional_info: "''",
  },
};

/** The column by which a kind's table knows the customer; the kinds without one have none. */
export const CUSTOMER_COLUMN: Readonly<Partial<Record<FactKind, string>>> = {
  session: 'customer_id',
  resolution: 'customer_id',
  message: 'sender_id',
  allocation: 'customer_id',
  'custom-button': 'customer_id',
};

/** The columns, of whatever table, that tell who an agent is. */
export const AGENT_COLUMNS: readonly string[] = [
  'agent_email',
  'agent_name',
  'candidate_agent_email',
  'candidate_agent_name',
  'user_email',
  'user_name',
];
