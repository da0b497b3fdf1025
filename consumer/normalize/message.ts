import type { EventHead } from '../../schemas/event.ts';
import { type MessageBody, message, messageType } from '../../schemas/message.ts';
import { firstText, firstUint64, flag, idText, text } from '../../schemas/values.ts';
import { channelObject, roomOptions } from './members.ts';
import { defineNormalizer } from './normalizer.ts';
import { type FactColumns, factColumns, type UInt64Text } from './row.ts';

/** A row of `messages`. */
export interface MessageRow extends FactColumns {
  readonly room_id: string;
  readonly room_name: string;
  readonly channel: string;
  readonly channel_id: UInt64Text;
  readonly channel_name: string;
  readonly sender_id: string;
  readonly sender_name: string;
  readonly via: string;
  readonly message_id: string;
  readonly type: string;
  readonly text: string;
  readonly is_resolved: boolean;
  readonly is_waiting: boolean;
}

const TYPE_PREFIX = /^post_comment_?/;

function toRow(body: MessageBody, event: EventHead): MessageRow {
  const { from, room, message: sent } = body.payload;
  const options = roomOptions(room.options);
  const channel = channelObject(body.channel);
  return {
    ...factColumns(event),
    room_id: text(room.id),
    room_name: text(room.name),
    channel: firstText(options.source, options.channel, channel.source),
    channel_id: firstUint64(options.channelId, channel.id),
    channel_name: firstText(options.channelName, channel.name),
    // 0 is no id: the e-mail address, which for a customer is their phone number or address, tells more.
    sender_id: firstText(idText(from?.id), from?.email),
    sender_name: text(from?.name),
    via: text(messageType(body)).replace(TYPE_PREFIX, ''),
    message_id: idText(sent.id),
    type: text(sent.type),
    text: text(sent.text),
    is_resolved: flag(options.isResolved),
    is_waiting: flag(options.isWaiting),
  };
}

export const normalizeMessage = defineNormalizer(message, toRow);
