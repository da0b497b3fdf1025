import { objectOrJsonText, parseJson } from '../../schemas/json.ts';
import { member, text } from '../../schemas/values.ts';

/** A member of a member, however much of the path is there: `at(body, 'channel', 'source')`. */
export function at(value: unknown, ...path: string[]): unknown {
  return path.reduce(member, value);
}

/** The source, id and name that `room.options` gives the channel; it is an object or JSON text. */
export function roomOptions(options: unknown) {
  const read = objectOrJsonText(options);
  return {
    source: member(read, 'source'),
    channel: member(read, 'channel'),
    channelId: at(read, 'channel_details', 'channel_id'),
    channelName: at(read, 'channel_details', 'name'),
    isResolved: member(read, 'is_resolved'),
    isWaiting: member(read, 'is_waiting'),
  };
}

/** The channel object that newer payloads carry, or its source alone as text. */
export function channelObject(channel: unknown) {
  if (typeof channel === 'string') return { source: channel, id: undefined, name: undefined };
  return { source: member(channel, 'source'), id: member(channel, 'id'), name: member(channel, 'name') };
}

/** A list, or the same as JSON text; anything else reads as an empty one. */
export function listOrJsonText(value: unknown): readonly unknown[] {
  if (Array.isArray(value)) return value;
  if (typeof value !== 'string') return [];
  try {
    const parsed = parseJson(value);
    return Array.isArray(parsed) ? parsed : [];
  } catch {
    return [];
  }
}

/**
 * Entries such as `{key, value}` or `{label, value}` as a Map column. An entry without a name is left out; of two
 * with one name the last counts. A value that is no scalar is kept as JSON text.
 */
export function properties(entries: unknown, nameKey: string): Record<string, string> {
  const named = listOrJsonText(entries)
    .map((entry) => [text(member(entry, nameKey)), scalarOrJson(member(entry, 'value'))] as const)
    .filter(([name]) => name !== '');
  return Object.fromEntries(named);
}

/** A scalar's text, JSON of anything else, '' of nothing. */
export function scalarOrJson(value: unknown): string {
  return typeof value === 'object' && value !== null ? JSON.stringify(value).toWellFormed() : text(value);
}
