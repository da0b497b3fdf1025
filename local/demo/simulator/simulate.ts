import type { Kind } from '../../../schemas/webhooks.ts';
import { bodyOf } from './bodies/body.ts';
import { dayOf, dayWeight, HOUR_MS, MINUTE_MS, SECOND_MS, startOfDay } from './calendar.ts';
import { type Conversation, conversation } from './conversation.ts';
import type { Fact, LogoutFact, UnrecognizedFact } from './facts.ts';
import { logoutsOf } from './logouts.ts';
import { Random } from './random.ts';
import { type Truth, truthOf } from './truth.ts';

/** What is to be simulated. */
export interface SimulationOptions {
  /** Another seed is another world. */
  readonly seed: number;
  /** Whole days in Asia/Jakarta before the one in which the end lies. */
  readonly days: number;
  /** Nothing is received at or after this instant, milliseconds since 1970. */
  readonly endMs: number;
  /** Default: `demo`. Rooms of different apps have the same ids, as with the vendor. */
  readonly apps?: readonly string[];
  /** Conversations that begin on a usual working day, in each app; at most 5000. Default 260: some 2000 webhooks. */
  readonly conversationsPerDay?: number;
}

/** One webhook as it arrives. */
export interface Delivery {
  readonly kind: Kind;
  readonly app: string;
  /** The room or user whose webhooks keep their order. */
  readonly key: string;
  /** Milliseconds since 1970. */
  readonly receivedMs: number;
  /** JSON, as the vendor sends it. */
  readonly body: string;
  /** Whether it repeats an earlier one, byte for byte. */
  readonly isRedelivery: boolean;
}

export interface Simulation {
  /** Start of the first day. */
  readonly startMs: number;
  readonly endMs: number;
  /** In the order in which they are received. */
  readonly deliveries: readonly Delivery[];
  readonly truth: Truth;
}

const MOST_PER_DAY = 5000;
const REDELIVERED_SHARE = 0.03;

/**
 * A support team's days as webhooks, and the true answers. Pure: the same options give the same stream. The world is a
 * function of seed and calendar, and the period only chooses what of it is shown: a later end adds to the stream and
 * changes nothing in it, so a stream that is sent again counts only for what is new.
 * @throws RangeError when a number does not fit
 */
export function simulate(options: SimulationOptions): Simulation {
  const { days, endMs, apps = ['demo'] } = options;
  if (!(days >= 0 && days <= 1000)) throw new RangeError('days must be 0 to 1000');
  const startMs = startOfDay(dayOf(endMs) - days);
  const worlds = apps.map((app) => world(app, options));
  const isTold = ({ receivedMs }: Fact) => receivedMs < endMs;
  const told = {
    conversations: worlds
      .flatMap(({ conversations }) => conversations)
      .map(({ room, facts }) => ({ room, facts: facts.filter(isTold) })),
    logouts: worlds.flatMap(({ logouts }) => logouts).filter(isTold),
    unrecognized: worlds.flatMap(({ unrecognized }) => unrecognized).filter(isTold),
  };
  const facts: Fact[] = [
    ...told.conversations.flatMap((each) => each.facts),
    ...told.logouts,
    ...told.unrecognized,
  ];
  const deliveries = facts
    .flatMap((fact) => deliveriesOf(fact, options.seed))
    .filter(({ receivedMs }) => receivedMs < endMs)
    .sort((a, b) => a.receivedMs - b.receivedMs);
  return { startMs, endMs, deliveries, truth: truthOf(told, deliveries.length - facts.length) };
}

/** All that begins in an app on the days of the period; it may go on after its end. */
function world(app: string, { seed, days, endMs, conversationsPerDay = 260 }: SimulationOptions) {
  if (!(conversationsPerDay >= 0 && conversationsPerDay <= MOST_PER_DAY))
    throw new RangeError(`conversationsPerDay must be 0 to ${MOST_PER_DAY}`);
  const conversations: Conversation[] = [];
  const logouts: LogoutFact[] = [];
  const unrecognized: UnrecognizedFact[] = [];
  // Rooms of two seeds must not meet in one database.
  const seedNumber = new Random(`seed ${seed}`).integer(0, 999);
  for (let day = dayOf(endMs) - days; day <= dayOf(endMs); day++) {
    const random = new Random(`${seed}/${app}/${day}`);
    const count = Math.round(conversationsPerDay * dayWeight(day) * (0.9 + 0.2 * random.next()));
    for (let index = 0; index < count; index++) {
      const roomNumber = (day * 1000 + seedNumber) * 10_000 + index;
      conversations.push(conversation(app, roomNumber, day, random.fork(index)));
    }
    logouts.push(...logoutsOf(app, day, random.fork('logouts')));
    unrecognized.push(...unknownShapes(app, day, random.fork('unrecognized')));
  }
  return { conversations, logouts, unrecognized };
}

function unknownShapes(app: string, day: number, random: Random): UnrecognizedFact[] {
  return Array.from({ length: random.integer(1, 4) }, (_, index) => {
    const receivedMs = startOfDay(day) + Math.floor(random.next() * 24 * HOUR_MS);
    return { kind: 'unrecognized', app, receivedMs, number: day * 10 + index };
  });
}

/** A fact's webhook, and now and then the same again: seconds later, or hours where the payload tells it is the same. */
function deliveriesOf(fact: Fact, seed: number): Delivery[] {
  const { kind, app, receivedMs } = fact;
  const key = keyOf(fact);
  const random = new Random(`${seed}/${app}/${kind}/${key}/${receivedMs}`);
  const first = {
    kind,
    app,
    key,
    receivedMs,
    body: JSON.stringify(bodyOf(fact, random)),
    isRedelivery: false,
  };
  if (!random.chance(REDELIVERED_SHARE)) return [first];
  const isLate = hasIdentity(fact) && random.chance(0.4);
  const delayMs = isLate ? random.integer(20 * MINUTE_MS, 12 * HOUR_MS) : random.integer(1, 7) * SECOND_MS;
  return [first, { ...first, receivedMs: receivedMs + delayMs, isRedelivery: true }];
}

function keyOf(fact: Fact): string {
  if (fact.kind === 'agent-logout') return String(fact.agent.id);
  return fact.kind === 'unrecognized' ? `unrecognized ${fact.number}` : String(fact.room.number);
}

/** Whether the payload itself tells a redelivery; without, only a repeat within ten seconds is one. */
function hasIdentity(fact: Fact): boolean {
  switch (fact.kind) {
    case 'session':
    case 'resolution':
    case 'agent-logout':
      return true;
    case 'message':
      return fact.room.isNewer;
    default:
      return false;
  }
}
