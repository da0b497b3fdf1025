import { DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS, startOfDay, weekdayOf } from './calendar.ts';
import type { LogoutFact } from './facts.ts';
import type { Random } from './random.ts';
import { type Agent, STAFF } from './staff.ts';

/** The logouts of a day: at the end of each shift, some at lunch too, some forced. */
export function logoutsOf(app: string, day: number, random: Random): LogoutFact[] {
  const working = STAFF.filter(({ weekdays }) => weekdays.includes(weekdayOf(day)));
  return working.flatMap((agent) => {
    const [from, to] = agent.shift;
    const lunchMs = startOfDay(day) + (from + 4) * HOUR_MS;
    const endMs = startOfDay(day) + to * HOUR_MS;
    const atEnd = logout(app, agent, endMs + random.exponential(9 * MINUTE_MS), random);
    return random.chance(0.15) ? [logout(app, agent, lunchMs, random), atEnd] : [atEnd];
  });
}

function logout(app: string, agent: Agent, ms: number, random: Random): LogoutFact {
  const atMs = Math.floor(ms / SECOND_MS) * SECOND_MS;
  // As the vendor has it: often from weeks before.
  const lastLoginMs = atMs - (random.chance(0.4) ? 8 * HOUR_MS : random.integer(20, 70) * DAY_MS);
  const receivedMs = atMs + random.integer(500, 2500);
  return { kind: 'agent-logout', app, receivedMs, agent, atMs, lastLoginMs, isForced: random.chance(0.08) };
}
