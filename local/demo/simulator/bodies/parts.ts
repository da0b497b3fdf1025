import type { JsonObject } from '../../../../schemas/json.ts';
import type { Room } from '../facts.ts';
import type { Random } from '../random.ts';
import type { Agent } from '../staff.ts';

/** The spellings that the vendor's webhooks share. */

/** An id as the vendor sends it: now a number, now its digits. */
export function id(value: number, random: Random): number | string {
  return random.chance(0.5) ? value : String(value);
}

/** `2026-11-01T04:39:59Z`. @param ms milliseconds since 1970 */
export function isoZ(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 19)}Z`;
}

/** The same without its zone, which is UTC all the same. */
export function isoBare(ms: number): string {
  return isoZ(ms).slice(0, -1);
}

/** `2026-11-01 04:39:59`, UTC too. */
export function sqlTime(ms: number): string {
  return isoBare(ms).replace('T', ' ');
}

export const AVATAR = 'https://example.com/img/default_avatar.svg';

/** `room.options` before it becomes text. */
export function roomOptions({ channel }: Room, isWaiting: boolean | string): JsonObject {
  return {
    channel: channel.source,
    channel_details: { channel_id: channel.id, name: channel.name },
    is_resolved: false,
    is_waiting: isWaiting,
    source: channel.source,
  };
}

/** The channel as newer payloads carry it beside everything else. */
export function newerChannel({ isNewer, channel }: Room): JsonObject {
  return isNewer ? { channel: { id: channel.id, name: channel.name, source: channel.source } } : {};
}

/** The vendor's number of a role. */
export function roleNumber({ role }: Agent): number {
  return { admin: 1, agent: 2, supervisor: 3 }[role];
}

/** Both apps and the outside name the app so in newer payloads. */
export function appCode(app: string): string {
  return `${app}-simulated`;
}
