import { agentDaily, channelHourly, type Resolved } from '../../local/demo/simulator/roll-ups.ts';
import { STAFF } from '../../local/demo/simulator/staff.ts';
import type { Truth } from '../../local/demo/simulator/truth.ts';
import { byText } from './expected-outcomes.ts';

/** The rows that the roll-up views should have, in the order of the queries that begin with these columns. */

const RESOLVED = `toUInt32(resolutions) AS resolutions_, toUInt32(resolutions_with_notes) AS with_notes,
  toUInt32(sessions_resolved) AS resolved, round(median_seconds_to_resolve, 6) AS median,
  round(p90_seconds_to_resolve, 6) AS p90, round(median_business_seconds_to_resolve, 6) AS business_median,
  toUInt32(resolutions_24h_old) AS day_old, toUInt32(reopened_within_24h) AS reopened`;

function resolvedColumns(resolved: Resolved) {
  return {
    resolutions_: resolved.resolutions,
    with_notes: resolved.withNotes,
    resolved: resolved.sessionsResolved,
    median: rounded(resolved.medianSeconds),
    p90: rounded(resolved.p90Seconds),
    business_median: rounded(resolved.medianBusinessSeconds),
    day_old: resolved.dayOld,
    reopened: resolved.reopenedWithinDay,
  };
}

/** Both sides interpolate in floating point, not in the same order of operations. */
function rounded(seconds: number | undefined): number | null {
  return seconds === undefined ? null : Math.round(seconds * 1e6) / 1e6;
}

export const AGENT_DAY = `SELECT toString(day) AS day, app_id, toUInt32(agent_id) AS agent_id, agent_email, agent_role,
  channels, ${RESOLVED}, toUInt32(rooms) AS rooms_, toUInt32(customers) AS customers_, toUInt32(logouts) AS logouts_,
  toUInt32(forced_logouts) AS forced, toUnixTimestamp(last_logout_at) AS last_logout`;

export function agentDays(truth: Truth, tz: string, nowMs: number) {
  const roles = new Map(STAFF.map(({ email, role }) => [email, role]));
  const rows = agentDaily(truth, tz, nowMs).map((each) => ({
    day: each.day,
    app_id: each.app,
    agent_id: each.agentId,
    agent_email: each.agentEmail,
    // The integration is no staff; of who is not named, nothing is known.
    agent_role: roles.get(each.agentEmail) ?? (each.agentEmail === '' ? '' : 'admin'),
    channels: each.channels,
    ...resolvedColumns(each.resolved),
    rooms_: each.rooms,
    customers_: each.customers,
    logouts_: each.logouts,
    forced: each.forcedLogouts,
    last_logout: each.lastLogoutMs === undefined ? null : each.lastLogoutMs / 1000,
  }));
  return rows.sort(
    (a, b) =>
      byText(a.day, b.day) ||
      byText(a.app_id, b.app_id) ||
      a.agent_id - b.agent_id ||
      byText(a.agent_email, b.agent_email),
  );
}

export const CHANNEL_HOUR = `SELECT toUnixTimestamp(hour) AS hour_seconds, app_id, channel, toUInt32(sessions) AS sessions_,
  toUInt32(waiting) AS waiting_, toUInt32(rooms) AS rooms_, toUInt32(customers) AS customers_, ${RESOLVED}`;

export function channelHours(truth: Truth, tz: string, nowMs: number) {
  const rows = channelHourly(truth, tz, nowMs).map((each) => ({
    hour_seconds: each.hourMs / 1000,
    app_id: each.app,
    channel: each.channel,
    sessions_: each.sessions,
    waiting_: each.waiting,
    rooms_: each.rooms,
    customers_: each.customers,
    ...resolvedColumns(each.resolved),
  }));
  return rows.sort(
    (a, b) => a.hour_seconds - b.hour_seconds || byText(a.app_id, b.app_id) || byText(a.channel, b.channel),
  );
}
