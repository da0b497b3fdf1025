import type { Fields } from './personal.ts';

/** What is known of the room in a session's and a message's payload; `options` is an object, or the same as JSON text. */
export const ROOM_FIELDS: Fields = {
  'payload.room.id': 'plain',
  // A room is named after its customer.
  'payload.room.name': 'customer-name',
  'payload.room.room_avatar': 'avatar',
  'payload.room.options.source': 'plain',
  'payload.room.options.channel': 'plain',
  'payload.room.options.is_resolved': 'plain',
  'payload.room.options.is_waiting': 'plain',
  'payload.room.options.channel_details.channel_id': 'plain',
  'payload.room.options.channel_details.name': 'plain',
  'payload.room.options.channel_details.phone': 'phone',
  // Customers and agents alike.
  'payload.room.participants[*].id': ['customer-id', 'agent-id'],
  'payload.room.participants[*].id_str': ['customer-id', 'agent-id'],
  'payload.room.participants[*].email': ['customer-id', 'agent-email'],
  'payload.room.participants[*].username': ['customer-name', 'agent-name'],
  'payload.room.participants[*].avatar_url': 'avatar',
};

/** What newer payloads tell of the channel, or its source alone. */
export const CHANNEL_FIELDS: Fields = {
  channel: 'plain',
  'channel.id': 'plain',
  'channel.name': 'plain',
  'channel.source': 'plain',
};

/** Properties of a customer in a list, or in the same as JSON text: their names tell nothing of anybody. */
export function propertiesAt(path: string, name: string): Fields {
  return {
    [path]: 'customer-properties',
    [`${path}[*]`]: 'customer-properties',
    [`${path}[*].id`]: 'plain',
    [`${path}[*].${name}`]: 'plain',
    [`${path}[*].value`]: 'customer-properties',
  };
}

/** What is told of a customer in `extras`, an object or the same as JSON text. */
export function extrasAt(path: string): Fields {
  return {
    [path]: 'customer-properties',
    [`${path}.notes`]: 'notes',
    [`${path}.timezone_offset`]: 'plain',
    ...propertiesAt(`${path}.user_properties`, 'key'),
  };
}
