import { DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS } from './calendar.ts';
import { firstMessage, type Message, NOTES, TAGS } from './cast.ts';
import type { ResolutionFact, Room, RoomFact, SessionFact, Visit } from './facts.ts';
import type { Random } from './random.ts';
import { type Agent, handle, INTEGRATION, onDuty } from './staff.ts';
import { commentId, deliver, talk } from './talk.ts';

/** The sender never delivers this share of sessions, and of resolutions. */
const LOST_SHARE = 0.01;
const BUTTON_SHARE = 0.18;

/** What is told of a session, and its last resolution; without one it stays open. */
export function visit(session: Visit, random: Random) {
  const { room, startedMs } = session;
  const isStaffed = onDuty(startedMs).length > 0;
  const isWaiting = !isStaffed || random.chance(room.channel.waitingShare);
  const message = firstMessage(random);
  const outcome = resolve(session, random);
  const endMs = outcome?.atMs ?? startedMs + HOUR_MS;
  const assignedMs = isStaffed ? startedMs + random.exponential(isWaiting ? 240_000 : 40_000) : endMs;
  const facts = talk(session, { message, isWaiting, endMs, assignedMs }, random);
  if (!random.chance(LOST_SHARE)) facts.push(open(session, message, isWaiting, random));
  if (outcome === undefined) return { facts, resolution: undefined };

  const { agent, resolutions } = outcome;
  if (agent !== undefined && random.chance(BUTTON_SHARE))
    facts.push(pressButton(room, agent, startedMs, endMs, random));
  if (!random.chance(LOST_SHARE)) facts.push(...resolutions);
  return { facts, resolution: resolutions.at(-1) };
}

function open({ room, startedMs }: Visit, message: Message, isWaiting: boolean, random: Random): SessionFact {
  const fact = { kind: 'session', app: room.app, room, isWaiting } as const;
  // has_no_message: nothing tells when it began but its arrival.
  if (random.chance(0.005)) {
    const receivedMs = deliver(startedMs, random);
    return { ...fact, receivedMs, startedMs: receivedMs, openedMs: startedMs, message: undefined };
  }
  const delayMs = random.chance(0.01) ? random.integer(1, 20) * MINUTE_MS : 0;
  const openedMs = startedMs - (random.chance(0.2) ? random.integer(1, 300) * SECOND_MS : 0);
  return { ...fact, receivedMs: deliver(startedMs + delayMs, random), startedMs, openedMs, message };
}

/** How the session is resolved, or undefined when it never is. */
function resolve({ room, number, startedMs }: Visit, random: Random) {
  if (random.chance(0.04)) return undefined;
  const wentQuiet = random.chance(0.02);
  const handled = handle(startedMs, room.channel, random);
  const atMs = wentQuiet ? startedMs + 2 * DAY_MS : handled.atMs;
  // Now and then the vendor does not say who.
  const agent = wentQuiet ? INTEGRATION : random.chance(0.004) ? undefined : handled.agent;
  const resolution = (resolvedMs: number, lastComment: number): ResolutionFact => ({
    kind: 'resolution',
    app: room.app,
    receivedMs: deliver(resolvedMs, random),
    room,
    agent,
    serviceId: room.number * 10 + number,
    firstCommentId: commentId(room, number, 0),
    lastCommentId: commentId(room, number, lastComment),
    notes: random.chance(0.35) ? random.pick(NOTES) : '',
  });
  const resolutions = [resolution(atMs, 98)];
  // Now and then somebody resolves a second time.
  const againMs = atMs + MINUTE_MS + random.exponential(3 * MINUTE_MS);
  if (random.chance(0.01)) resolutions.push(resolution(againMs, 99));
  return { atMs, agent, resolutions };
}

function pressButton(room: Room, agent: Agent, fromMs: number, toMs: number, random: Random): RoomFact {
  const receivedMs = deliver(fromMs + (toMs - fromMs) * random.next(), random);
  const tags = [...new Set([random.pick(TAGS), random.pick(TAGS)])].slice(random.integer(0, 2));
  const notes = random.chance(0.5) ? random.pick(NOTES) : '';
  return { kind: 'custom-button', app: room.app, receivedMs, room, agent, tags, notes };
}
