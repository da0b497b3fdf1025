import { DAY_MS, dayOf, HOUR_MS, hourOf, MINUTE_MS, startOfDay, weekdayOf } from './calendar.ts';
import type { Channel } from './cast.ts';
import type { Random } from './random.ts';

/** An agent, supervisor or admin, with the hours they work. */
export interface Agent {
  /** 0 for the integration that closes conversations through the API, as the vendor sends it. */
  readonly id: number;
  readonly name: string;
  readonly email: string;
  readonly role: 'admin' | 'agent' | 'supervisor';
  /** Local hours, from and to. */
  readonly shift: readonly [number, number];
  /** Weekdays on which they work, 1 Monday to 7 Sunday. */
  readonly weekdays: readonly number[];
  /** How long they take for what takes others 1. */
  readonly slowness: number;
  /** How much of the work they take for what others take 1. */
  readonly share: number;
}

const EARLY = [8, 16] as const;
const DAY = [9, 17] as const;
const LATE = [13, 21] as const;
const MONDAY_TO_FRIDAY = [1, 2, 3, 4, 5];
const WITH_WEEKENDS = [1, 2, 5, 6, 7];
const INTO_WEEKENDS = [3, 4, 5, 6, 7];

/** Everyone; every hour from 8 to 21 of every day has somebody on duty. */
export const STAFF: readonly Agent[] = [
  worker(200001, 'Sari Melati', 'agent', EARLY, MONDAY_TO_FRIDAY, 0.6, 1.5),
  worker(200002, 'Dimas Aditya', 'agent', EARLY, WITH_WEEKENDS, 1, 1),
  worker(200003, 'Nia Kurnia', 'agent', EARLY, INTO_WEEKENDS, 0.8, 1.2),
  worker(200004, 'Bayu Segara', 'agent', EARLY, MONDAY_TO_FRIDAY, 1.6, 0.7),
  worker(200005, 'Tari Anggun', 'agent', DAY, MONDAY_TO_FRIDAY, 0.9, 1.2),
  worker(200006, 'Rizky Fajar', 'agent', DAY, MONDAY_TO_FRIDAY, 1.2, 0.9),
  worker(200007, 'Mega Cahya', 'agent', DAY, MONDAY_TO_FRIDAY, 0.7, 1.4),
  worker(200008, 'Galih Sena', 'agent', DAY, WITH_WEEKENDS, 1.1, 1),
  worker(200009, 'Wulan Asih', 'agent', LATE, MONDAY_TO_FRIDAY, 0.8, 1.1),
  worker(200010, 'Arif Baskara', 'agent', LATE, WITH_WEEKENDS, 1.3, 0.8),
  worker(200011, 'Citra Ningrum', 'agent', LATE, INTO_WEEKENDS, 1, 1),
  worker(200012, 'Yoga Pramana', 'agent', LATE, WITH_WEEKENDS, 2, 0.6),
  worker(200101, 'Laras Widya', 'supervisor', DAY, MONDAY_TO_FRIDAY, 0.9, 0.3),
  worker(200102, 'Surya Laksana', 'supervisor', LATE, WITH_WEEKENDS, 1, 0.2),
  worker(200201, 'Hana Prima', 'admin', DAY, MONDAY_TO_FRIDAY, 1, 0.05),
];

/** No person: closes conversations that went quiet, and is never on duty. */
export const INTEGRATION = worker(0, 'Integrasi CRM', 'admin', [0, 0], [], 1, 0);

function worker(
  id: number,
  name: string,
  role: Agent['role'],
  shift: readonly [number, number],
  weekdays: readonly number[],
  slowness: number,
  share: number,
): Agent {
  return {
    id,
    name,
    email: `${name.toLowerCase().replace(' ', '.')}@example.com`,
    role,
    shift,
    weekdays,
    slowness,
    share,
  };
}

/** Who is on duty at an instant. */
export function onDuty(ms: number): Agent[] {
  const weekday = weekdayOf(dayOf(ms));
  const hour = hourOf(ms);
  return STAFF.filter(
    ({ shift: [from, to], weekdays }) => weekdays.includes(weekday) && hour >= from && hour < to,
  );
}

/** When an agent's shift on the day of an instant ends. */
function endOfShift({ shift }: Agent, ms: number): number {
  return startOfDay(dayOf(ms)) + shift[1] * HOUR_MS;
}

/**
 * Who resolves what came in at an instant, and when they do. What nobody is there for waits until the morning; what an
 * agent does not get done in their shift goes to whoever is there then.
 */
export function handle(
  fromMs: number,
  { medianMinutes }: Channel,
  random: Random,
): { agent: Agent; atMs: number } {
  let ms = fromMs;
  for (;;) {
    const duty = onDuty(ms);
    if (duty.length === 0) {
      ms = nextOpening(ms) + random.exponential(20 * MINUTE_MS);
      continue;
    }
    const agent = random.pick(duty, ({ share }) => share);
    const atMs = ms + 30_000 + Math.round(random.logNormal(medianMinutes * agent.slowness, 0.8) * MINUTE_MS);
    const handOver = endOfShift(agent, ms);
    if (atMs < handOver) return { agent, atMs };
    ms = handOver;
  }
}

const OPENING_HOUR = EARLY[0];

function nextOpening(ms: number): number {
  const today = startOfDay(dayOf(ms)) + OPENING_HOUR * HOUR_MS;
  return ms < today ? today : today + DAY_MS;
}
