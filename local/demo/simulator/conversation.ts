import { arrival, dayOf, HOUR_MS, hourOf, MINUTE_MS, SECOND_MS } from './calendar.ts';
import { CHANNELS, customerOf } from './cast.ts';
import type { ResolutionFact, Room, RoomFact } from './facts.ts';
import type { Random } from './random.ts';
import { visit } from './visit.ts';

/** A customer's room with all that its webhooks tell, in the order in which they arrive. */
export interface Conversation {
  readonly room: Room;
  readonly facts: readonly RoomFact[];
}

const MOST_SESSIONS = 8;

/** One conversation that begins on a day. Later sessions of its room may lie days after. */
export function conversation(app: string, roomNumber: number, day: number, random: Random): Conversation {
  const channel = random.pick(CHANNELS, ({ share }) => share);
  const customer = customerOf(channel, roomNumber, random);
  const room: Room = { app, number: roomNumber, channel, customer, isNewer: random.chance(0.4) };
  const facts: RoomFact[] = [];
  let startedMs: number | undefined = arrival(day, random);
  let latest: ResolutionFact | undefined;
  for (let number = 0; number < MOST_SESSIONS && startedMs !== undefined; number++) {
    const visited = visit({ room, number, startedMs, latest }, random);
    facts.push(...visited.facts);
    latest = visited.resolution;
    startedMs = latest && comesBack(latest.receivedMs, random);
  }
  return { room, facts: facts.toSorted((a, b) => a.receivedMs - b.receivedMs) };
}

/** When the customer writes again after a resolution, if ever: soon, as it did not help, or on another day. */
function comesBack(resolvedMs: number, random: Random): number | undefined {
  if (random.chance(0.13)) {
    const ms = resolvedMs + 2 * MINUTE_MS + random.exponential(5 * HOUR_MS);
    const asleepMs = hourOf(ms) < 6 ? 6 * HOUR_MS : 0;
    return Math.ceil((ms + asleepMs) / SECOND_MS) * SECOND_MS;
  }
  return random.chance(0.17) ? arrival(dayOf(resolvedMs) + random.integer(1, 5), random) : undefined;
}
