import { ofAgent } from './people.ts';
import { type Row, textOf } from './values.ts';
import { rowsHref, type View } from './view.ts';

const DAY_MS = 86_400_000;
/** The times that a row of a list can have, local, as `2026-11-24 14:05:09.000`. */
const TIMES = ['started', 'resolved', 'reopened', 'happened', 'received', 'logged_out'];
/** How much of a room is shown around a row of it, days. */
const DAYS_AROUND = 1;
const DAYS_AFTER_OPEN = 30;

/** Marks the event from which a story was opened; no filter of a query. */
export const MARK = 'mark';

/** A local day some days later. @param day `2026-11-24` */
export function dayAfter(day: string, days: number): string {
  return new Date(Date.parse(`${day}T00:00Z`) + days * DAY_MS).toISOString().slice(0, 10);
}

/** The story of a row's room, from the day before the row to the day after all that it tells; undefined without a room. */
export function storyHref(view: View, row: Row): string | undefined {
  const room = textOf(row, 'room_id');
  const days = daysOf(row);
  const [first, last] = [days[0], days.at(-1)];
  if (room === '' || first === undefined || last === undefined) return undefined;
  const isGoingOn = row.is_open === true || 'age_seconds' in row;
  return rowsHref(view, 'room-story', {
    app: textOf(row, 'app_id'),
    room,
    from: dayAfter(first, -DAYS_AROUND),
    to: dayAfter(last, 1 + (isGoingOn ? DAYS_AFTER_OPEN : DAYS_AROUND)),
    [MARK]: textOf(row, 'event_id'),
  });
}

/** A customer's day, the first of the row; undefined where the row has no customer. */
export function customerHref(view: View, row: Row): string | undefined {
  const customer = textOf(row, 'customer_id');
  const day = daysOf(row)[0] ?? textOf(row, 'last_session').slice(0, 10);
  if (customer === '' || day === '') return undefined;
  return rowsHref(view, 'customer-day', { app: textOf(row, 'app_id'), customer, day });
}

/** An agent's day: that of the resolution, of the logout, or of what happened; undefined where the row has no agent. */
export function agentHref(view: View, row: Row): string | undefined {
  const { app = '', agent = '' } = ofAgent(row);
  const at = textOf(row, 'resolved') || textOf(row, 'logged_out') || textOf(row, 'happened');
  if (agent === '0 ' || agent === '' || at === '') return undefined;
  return rowsHref(view, 'agent-day', { app, agent, day: at.slice(0, 10) });
}

function daysOf(row: Row): string[] {
  const days = TIMES.map((name) => textOf(row, name).slice(0, 10));
  return days.filter((day) => day !== '').sort();
}
