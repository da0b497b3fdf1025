import type { EventHead } from '../../schemas/event.ts';
import { type ResolutionBody, resolution } from '../../schemas/resolution.ts';
import { firstText, text, uint64 } from '../../schemas/values.ts';
import { channelObject } from './members.ts';
import { defineNormalizer } from './normalizer.ts';
import { type FactColumns, factColumns, type UInt64Text } from './row.ts';

/** A row of `resolutions`. */
export interface ResolutionRow extends FactColumns {
  readonly room_id: string;
  readonly service_id: UInt64Text;
  readonly channel: string;
  readonly agent_id: UInt64Text;
  readonly agent_email: string;
  readonly agent_name: string;
  readonly agent_role: string;
  readonly customer_id: string;
  readonly customer_name: string;
  readonly first_comment_id: string;
  readonly last_comment_id: string;
  readonly notes: string;
}

function toRow(body: ResolutionBody, event: EventHead): ResolutionRow {
  const { service, resolved_by: agent, customer } = body;
  return {
    ...factColumns(event),
    room_id: text(service.room_id),
    service_id: uint64(service.id),
    channel: firstText(service.source, channelObject(body.channel).source),
    agent_id: uint64(agent?.id),
    agent_email: text(agent?.email),
    agent_name: text(agent?.name),
    agent_role: text(agent?.type),
    customer_id: text(customer?.user_id),
    customer_name: text(customer?.name),
    first_comment_id: text(service.first_comment_id),
    last_comment_id: text(service.last_comment_id),
    notes: text(service.notes),
  };
}

export const normalizeResolution = defineNormalizer(resolution, toRow);
