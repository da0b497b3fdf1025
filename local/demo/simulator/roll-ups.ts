import { DAY_MS, dayOf, HOUR_MS, SECOND_MS, startOfDay, weekdayOf } from './calendar.ts';
import type { LogoutFact } from './facts.ts';
import type { ResolutionTruth, SessionTruth, Truth } from './truth.ts';

/** What the roll-up views should say, worked out from the truth one row at a time. */

/** A row of `agent_daily`. */
export interface AgentDay {
  /** `2026-11-01` in the time zone asked for. */
  readonly day: string;
  readonly app: string;
  /** 0 and '' where the vendor does not say who. */
  readonly agentId: number;
  readonly agentEmail: string;
  readonly channels: readonly string[];
  readonly resolved: Resolved;
  readonly rooms: number;
  readonly customers: number;
  readonly logouts: number;
  readonly forcedLogouts: number;
  readonly lastLogoutMs: number | undefined;
}

/** A row of `channel_hourly`. */
export interface ChannelHour {
  /** Start of the local hour, milliseconds since 1970. */
  readonly hourMs: number;
  readonly app: string;
  readonly channel: string;
  readonly sessions: number;
  readonly waiting: number;
  readonly rooms: number;
  readonly customers: number;
  readonly resolved: Resolved;
}

/** What both say of resolutions. */
export interface Resolved {
  readonly resolutions: number;
  readonly withNotes: number;
  readonly sessionsResolved: number;
  readonly medianSeconds: number | undefined;
  readonly p90Seconds: number | undefined;
  readonly medianBusinessSeconds: number | undefined;
  readonly dayOld: number;
  readonly reopenedWithinDay: number;
}

/** @param nowMs what a resolution's age is counted by */
export function agentDaily({ resolutions, logouts }: Truth, tz: string, nowMs: number): AgentDay[] {
  const nameOf = (app: string, ms: number, agent: LogoutFact['agent'] | undefined) =>
    JSON.stringify([localDay(ms, tz), app, agent?.id ?? 0, agent?.email ?? '']);
  const resolved = Map.groupBy(resolutions, (each) => nameOf(each.app, each.receivedMs, each.agent));
  const left = Map.groupBy(logouts, (each) => nameOf(each.app, each.atMs, each.agent));
  return [...new Set([...resolved.keys(), ...left.keys()])].map((name) => {
    const [day, app, agentId, agentEmail] = JSON.parse(name);
    const own = resolved.get(name) ?? [];
    const ownLogouts = left.get(name) ?? [];
    return {
      day,
      app,
      agentId,
      agentEmail,
      channels: [...new Set(own.map(({ room }) => room.channel.source))].sort(),
      resolved: summary(own, nowMs),
      rooms: new Set(own.map(({ room }) => room.number)).size,
      customers: new Set(own.map(({ room }) => room.customer.id)).size,
      logouts: ownLogouts.length,
      forcedLogouts: ownLogouts.filter(({ isForced }) => isForced).length,
      lastLogoutMs: ownLogouts.length === 0 ? undefined : Math.max(...ownLogouts.map(({ atMs }) => atMs)),
    };
  });
}

/** @param nowMs what a resolution's age is counted by */
export function channelHourly({ sessions, resolutions }: Truth, tz: string, nowMs: number): ChannelHour[] {
  const nameOf = (ms: number, { app, room }: SessionTruth | ResolutionTruth) =>
    JSON.stringify([startOfLocalHour(ms, tz), app, room.channel.source]);
  const started = Map.groupBy(sessions, (each) => nameOf(each.startedMs, each));
  const resolved = Map.groupBy(resolutions, (each) => nameOf(each.receivedMs, each));
  return [...new Set([...started.keys(), ...resolved.keys()])].map((name) => {
    const [hourMs, app, channel] = JSON.parse(name);
    const own = started.get(name) ?? [];
    return {
      hourMs,
      app,
      channel,
      sessions: own.length,
      waiting: own.filter(({ isWaiting }) => isWaiting).length,
      rooms: new Set(own.map(({ room }) => room.number)).size,
      customers: new Set(own.map(({ room }) => room.customer.id)).size,
      resolved: summary(resolved.get(name) ?? [], nowMs),
    };
  });
}

function summary(resolutions: readonly ResolutionTruth[], nowMs: number): Resolved {
  const seconds = resolutions.flatMap(({ secondsToResolve }) => secondsToResolve ?? []);
  const business = resolutions.flatMap(({ session, receivedMs }) =>
    session === undefined ? [] : businessSeconds(session.startedMs, receivedMs),
  );
  const dayOld = resolutions.filter(({ receivedMs }) => receivedMs <= nowMs - DAY_MS);
  return {
    resolutions: resolutions.length,
    withNotes: resolutions.filter(({ notes }) => notes !== '').length,
    sessionsResolved: seconds.length,
    medianSeconds: quantile(seconds, 0.5),
    p90Seconds: quantile(seconds, 0.9),
    medianBusinessSeconds: quantile(business, 0.5),
    dayOld: dayOld.length,
    reopenedWithinDay: dayOld.filter(
      ({ reopenedMs, receivedMs }) => reopenedMs !== undefined && reopenedMs <= receivedMs + DAY_MS,
    ).length,
  };
}

/** Between the two nearest ranks, in proportion, as spreadsheets have it. */
function quantile(values: readonly number[], level: number): number | undefined {
  const sorted = values.toSorted((a, b) => a - b);
  const rank = (sorted.length - 1) * level;
  const [below, above] = [sorted[Math.floor(rank)], sorted[Math.ceil(rank)]];
  return below === undefined || above === undefined ? undefined : below + (above - below) * (rank % 1);
}

/** Seconds between two instants within Monday to Friday, 9 to 17, Asia/Jakarta: the hours of apps without their own. */
export function businessSeconds(fromMs: number, toMs: number): number {
  const [from, to] = [Math.floor(fromMs / SECOND_MS) * SECOND_MS, Math.floor(toMs / SECOND_MS) * SECOND_MS];
  let sum = 0;
  for (let day = dayOf(from); day <= dayOf(to); day++) {
    if (weekdayOf(day) > 5) continue;
    const opens = startOfDay(day) + 9 * HOUR_MS;
    sum += Math.max(0, Math.min(to, opens + 8 * HOUR_MS) - Math.max(from, opens));
  }
  return sum / SECOND_MS;
}

function localDay(ms: number, tz: string): string {
  return new Date(ms + aheadMs(ms, tz)).toISOString().slice(0, 10);
}

function startOfLocalHour(ms: number, tz: string): number {
  const ahead = aheadMs(ms, tz);
  return Math.floor((ms + ahead) / HOUR_MS) * HOUR_MS - ahead;
}

const QUARTER_HOUR_MS = HOUR_MS / 4;
const known = new Map<string, number>();

/** How far a zone's clock is ahead of UTC. Zones change theirs at quarters of an hour, if at all. */
function aheadMs(ms: number, tz: string): number {
  const quarter = Math.floor(ms / QUARTER_HOUR_MS) * QUARTER_HOUR_MS;
  const name = `${tz} ${quarter}`;
  const found = known.get(name);
  if (found !== undefined) return found;
  const parts = new Intl.DateTimeFormat('en', { timeZone: tz, timeZoneName: 'longOffset' }).formatToParts(
    quarter,
  );
  const offset = parts.find(({ type }) => type === 'timeZoneName')?.value ?? '';
  const [, sign, hours = '0', minutes = '0'] = /([+-])(\d{2}):(\d{2})/.exec(offset) ?? [];
  const ahead = (Number(hours) * 60 + Number(minutes)) * 60_000 * (sign === '-' ? -1 : 1);
  known.set(name, ahead);
  return ahead;
}
