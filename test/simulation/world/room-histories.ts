import { readFileSync } from 'node:fs';
import type { Random } from './random.ts';
import { type Fact, type Facts, MESSAGES } from './stream.ts';

const START_MS = Date.UTC(2026, 9, 31);
const HOUR_MS = 3_600_000;
const ROOMS = ['1', '2', '3'];

const sampleOf = (kind: 'session' | 'resolution') =>
  JSON.parse(readFileSync(new URL(`../../samples/${kind}.json`, import.meta.url), 'utf8'));
const session = sampleOf('session');
const resolution = sampleOf('resolution');

/**
 * Sessions and resolutions of few rooms, which reopen again and again, at few instants of two days over a month's end, as late
 * as not. So long that what arrives for a room does not have all of it worked out anew.
 */
export function roomHistories(apps: readonly string[]): Facts {
  return {
    kinds: ['session', 'resolution'],
    chance: MESSAGES.chance,
    next(random: Random): Fact {
      const kind = random.pick(['session', 'resolution'] as const);
      const room = random.pick(ROOMS);
      return {
        kind,
        app: random.pick(apps),
        occurredMs:
          START_MS +
          (random.chance(0.5) ? random.integer(0, 12) * 4 * HOUR_MS : random.integer(0, 48 * HOUR_MS)),
        payload: (name) => (kind === 'session' ? sessionOf(room, name) : resolutionOf(room, name)),
      };
    },
  };
}

function sessionOf(room: string, name: string): string {
  const { payload } = session;
  return JSON.stringify({ ...session, payload: { ...payload, room: { ...payload.room, id: room, name } } });
}

function resolutionOf(room: string, name: string): string {
  const { service, customer } = resolution;
  return JSON.stringify({
    ...resolution,
    service: { ...service, room_id: room },
    customer: { ...customer, name },
  });
}
