import type { EventHead } from '../../schemas/event.ts';
import { objectOrJsonText } from '../../schemas/json.ts';
import { type SessionBody, session } from '../../schemas/session.ts';
import { firstText, firstUint64, flag, text } from '../../schemas/values.ts';
import type { DateTimeText } from './date-time-text.ts';
import { channelObject, properties, roomOptions } from './members.ts';
import { defineNormalizer } from './normalizer.ts';
import { dateTimeOrNull, type FactColumns, factColumns, type UInt64Text } from './row.ts';

/** A row of `sessions`. */
export interface SessionRow extends FactColumns {
  readonly room_id: string;
  readonly room_name: string;
  readonly channel: string;
  readonly channel_id: UInt64Text;
  readonly channel_name: string;
  readonly customer_id: string;
  readonly customer_name: string;
  readonly is_waiting: boolean;
  readonly opened_at: DateTimeText;
  readonly first_message_type: string;
  readonly first_message_text: string;
  readonly user_properties: Readonly<Record<string, string>>;
}

function toRow({ payload, room_log: log, channel: newer }: SessionBody, event: EventHead): SessionRow {
  const fact = factColumns(event);
  const options = roomOptions(payload.room.options);
  const channel = channelObject(newer);
  return {
    ...fact,
    room_id: text(payload.room.id),
    room_name: text(payload.room.name),
    channel: firstText(log?.source, options.source, options.channel, channel.source),
    channel_id: firstUint64(log?.channel_id, options.channelId, channel.id),
    channel_name: firstText(options.channelName, channel.name),
    customer_id: firstText(log?.user_id, payload.from?.email),
    customer_name: firstText(log?.name, payload.from?.name),
    is_waiting: flag(log?.is_waiting ?? options.isWaiting),
    opened_at: dateTimeOrNull(log?.created_at) ?? fact.occurred_at,
    first_message_type: text(payload.message?.type),
    first_message_text: text(payload.message?.text),
    user_properties: properties(objectOrJsonText(log?.extras).user_properties, 'key'),
  };
}

export const normalizeSession = defineNormalizer(session, toRow);
