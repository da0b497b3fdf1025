import { SECOND_MS } from './calendar.ts';
import type { Message } from './cast.ts';
import { botReply, followUp } from './cast.ts';
import type { AllocationFact, MessageFact, Room, RoomFact, Visit } from './facts.ts';
import type { Random } from './random.ts';
import { type Agent, onDuty } from './staff.ts';

/** Two webhooks without a natural identity are one event when they are alike and less than ten seconds apart. */
const MESSAGE_GAP_MS = 20 * SECOND_MS;
const BOT_DELAY_MS = 1500;
const MOST_MESSAGES = 12;

/** How a session goes on, as far as what is said in it depends on that. */
interface Course {
  readonly message: Message;
  readonly isWaiting: boolean;
  /** When an agent takes it: until then each of the customer's messages asks for an allocation. */
  readonly assignedMs: number;
  readonly endMs: number;
}

/** What the customer and the bot write in a session, and the allocations that it asks for. */
export function talk(session: Visit, course: Course, random: Random): RoomFact[] {
  const { room, startedMs } = session;
  const facts: RoomFact[] = [];
  const duty = onDuty(startedMs);
  const candidate = duty.length === 0 ? undefined : random.pick(duty, ({ share }) => share);
  let sentMs = startedMs;
  for (let count = 0; count === 0 || goesOn(count, sentMs, course, random); count++) {
    const say = (via: MessageFact['via'], ms: number, message: Message): MessageFact => ({
      kind: 'message',
      app: room.app,
      receivedMs: deliver(ms, random),
      room,
      sentMs: ms,
      commentId: commentId(room, session.number, count * 2 + (via === 'mobile' ? 0 : 1)),
      via,
      message,
      isWaiting: course.isWaiting,
    });
    const said = count === 0 ? course.message : followUp(random);
    facts.push(say('mobile', sentMs, said));
    if (count === 0 || sentMs < course.assignedMs) facts.push(ask(session, candidate, sentMs, random));
    if (random.chance(0.3)) facts.push(say('rest', sentMs + BOT_DELAY_MS, botReply(random)));
    sentMs += MESSAGE_GAP_MS + Math.round(random.exponential(70_000));
  }
  return facts;
}

function goesOn(count: number, sentMs: number, { endMs }: Course, random: Random): boolean {
  return sentMs < endMs && count < MOST_MESSAGES && random.chance(0.5);
}

function ask(
  { room, startedMs, latest }: Visit,
  candidate: Agent | undefined,
  sentMs: number,
  random: Random,
): AllocationFact {
  const isNewSession = sentMs === startedMs;
  const receivedMs = deliver(sentMs, random);
  return { kind: 'allocation', app: room.app, receivedMs, room, candidate, latest, isNewSession };
}

/** When a webhook arrives that was sent at an instant. */
export function deliver(ms: number, random: Random): number {
  return Math.round(ms) + random.integer(200, 1500);
}

/** A comment's id, beyond 32 bits as the vendor's are; told apart from all others in the world. */
export function commentId(room: Room, session: number, comment: number): number {
  return room.number * 1000 + session * 100 + comment;
}
