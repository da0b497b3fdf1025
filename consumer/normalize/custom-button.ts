import { type CustomButtonBody, customButton } from '../../schemas/custom-button.ts';
import type { EventHead } from '../../schemas/event.ts';
import { member, text, uint64 } from '../../schemas/values.ts';
import { listOrJsonText, properties } from './members.ts';
import { defineNormalizer } from './normalizer.ts';
import { type FactColumns, factColumns, type UInt64Text } from './row.ts';

/** A row of `button_clicks`. */
export interface ButtonClickRow extends FactColumns {
  readonly room_id: string;
  readonly channel_id: UInt64Text;
  readonly channel_name: string;
  readonly channel_type: string;
  readonly agent_email: string;
  readonly agent_name: string;
  readonly agent_role: string;
  readonly customer_id: string;
  readonly customer_name: string;
  readonly notes: string;
  readonly tags: readonly string[];
  readonly customer_properties: Readonly<Record<string, string>>;
  readonly additional_info: string;
}

function toRow(body: CustomButtonBody, event: EventHead): ButtonClickRow {
  return {
    ...factColumns(event),
    room_id: text(body.room_id),
    channel_id: uint64(body.channel_id),
    channel_name: text(body.channel_name),
    channel_type: text(body.channel_type),
    agent_email: text(body.agent?.email),
    agent_name: text(body.agent?.name),
    agent_role: text(body.agent?.type),
    customer_id: text(body.customer?.user_id),
    customer_name: text(body.customer?.name),
    notes: text(body.notes),
    tags: listOrJsonText(body.tag)
      .map((tag) => text(member(tag, 'name') ?? tag))
      .filter((name) => name !== ''),
    customer_properties: properties(body.customer_properties, 'label'),
    additional_info: jsonText(body.additional_info),
  };
}

/** JSON text of a value; what the sender left out is ''. */
function jsonText(value: unknown): string {
  if (value === undefined || value === null) return '';
  return (typeof value === 'string' ? value : JSON.stringify(value)).toWellFormed();
}

export const normalizeCustomButton = defineNormalizer(customButton, toRow);
