import { type AllocationBody, allocation } from '../../schemas/allocation.ts';
import type { EventHead } from '../../schemas/event.ts';
import { firstText, flag, text, uint64 } from '../../schemas/values.ts';
import type { DateTimeText } from './date-time-text.ts';
import { channelObject } from './members.ts';
import { defineNormalizer } from './normalizer.ts';
import { dateTimeOrNull, type FactColumns, factColumns, type UInt64Text } from './row.ts';

/** A row of `allocations`. */
export interface AllocationRow extends FactColumns {
  readonly room_id: string;
  readonly channel: string;
  readonly customer_id: string;
  readonly customer_name: string;
  readonly is_resolved: boolean;
  readonly is_new_session: boolean;
  readonly candidate_agent_id: UInt64Text;
  readonly candidate_agent_email: string;
  readonly candidate_agent_name: string;
  readonly latest_service_id: UInt64Text;
  readonly latest_service_resolved_at: DateTimeText | null;
}

function toRow(body: AllocationBody, event: EventHead): AllocationRow {
  return {
    ...factColumns(event),
    room_id: text(body.room_id),
    channel: firstText(body.source, channelObject(body.channel).source),
    customer_id: text(body.email),
    customer_name: text(body.name),
    is_resolved: flag(body.is_resolved),
    is_new_session: flag(body.is_new_session),
    candidate_agent_id: uint64(body.candidate_agent?.id),
    candidate_agent_email: text(body.candidate_agent?.email),
    candidate_agent_name: text(body.candidate_agent?.name),
    latest_service_id: uint64(body.latest_service?.id),
    latest_service_resolved_at: dateTimeOrNull(body.latest_service?.resolved_at),
  };
}

export const normalizeAllocation = defineNormalizer(allocation, toRow);
