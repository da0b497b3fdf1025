import { businessSeconds } from '../../local/demo/simulator/roll-ups.ts';
import type { Agent } from '../../local/demo/simulator/staff.ts';
import type { Truth } from '../../local/demo/simulator/truth.ts';

/** The rows that the outcome views should have, in the order of the queries that begin with these columns. */

const AGENT = 'toString(agent_id) AS agent, agent_email, agent_name, agent_role';

export const SESSION = `SELECT app_id, room_id, channel, channel_name, customer_id, customer_name, is_waiting, ${AGENT},
  toUnixTimestamp64Milli(occurred_at) AS started_ms, toUnixTimestamp64Milli(resolved_at) AS resolved_ms,
  seconds_to_resolve, business_seconds_to_resolve, toUnixTimestamp64Milli(reopened_at) AS reopened_ms, seconds_to_reopen,
  toUnixTimestamp64Milli(next_session_at) AS next_session_ms, is_open`;

export function expectedSessions({ sessions }: Truth) {
  const rows = sessions.map(({ app, room, resolution, startedMs, reopenedMs, ...session }) => ({
    app_id: app,
    room_id: String(room.number),
    channel: room.channel.source,
    channel_name: room.channel.name,
    customer_id: room.customer.id,
    customer_name: room.customer.name,
    is_waiting: session.isWaiting,
    ...agentColumns(resolution?.agent),
    started_ms: startedMs,
    resolved_ms: resolution?.receivedMs ?? null,
    seconds_to_resolve: session.secondsToResolve ?? null,
    business_seconds_to_resolve: resolution ? businessSeconds(startedMs, resolution.receivedMs) : null,
    reopened_ms: reopenedMs ?? null,
    seconds_to_reopen:
      resolution && reopenedMs ? Math.floor((reopenedMs - resolution.receivedMs) / 1000) : null,
    next_session_ms: session.nextSessionMs ?? null,
    is_open: session.isOpen,
  }));
  return rows.sort(
    (a, b) => byText(a.app_id, b.app_id) || byText(a.room_id, b.room_id) || a.started_ms - b.started_ms,
  );
}

export const RESOLUTION = `SELECT app_id, room_id, channel, customer_id, customer_name, ${AGENT}, has_notes,
  toUnixTimestamp64Milli(resolved_at) AS resolved_ms, toUnixTimestamp64Milli(session_at) AS session_ms,
  seconds_to_resolve, business_seconds_to_resolve, toUnixTimestamp64Milli(reopened_at) AS reopened_ms,
  is_24h_old, is_reopened_within_24h`;

const DAY_MS = 86_400_000;

export function expectedResolutions({ resolutions }: Truth, nowMs: number) {
  const rows = resolutions.map(({ app, room, agent, receivedMs, session, reopenedMs, ...resolution }) => ({
    app_id: app,
    room_id: String(room.number),
    channel: room.channel.source,
    customer_id: room.customer.id,
    customer_name: room.customer.name,
    ...agentColumns(agent),
    has_notes: resolution.notes !== '',
    resolved_ms: receivedMs,
    session_ms: session?.startedMs ?? null,
    seconds_to_resolve: resolution.secondsToResolve ?? null,
    business_seconds_to_resolve: session ? businessSeconds(session.startedMs, receivedMs) : null,
    reopened_ms: reopenedMs ?? null,
    is_24h_old: receivedMs <= nowMs - DAY_MS,
    is_reopened_within_24h:
      receivedMs <= nowMs - DAY_MS && reopenedMs !== undefined && reopenedMs <= receivedMs + DAY_MS,
  }));
  return rows.sort(
    (a, b) => byText(a.app_id, b.app_id) || byText(a.room_id, b.room_id) || a.resolved_ms - b.resolved_ms,
  );
}

function agentColumns(agent: Agent | undefined) {
  return {
    agent: String(agent?.id ?? 0),
    agent_email: agent?.email ?? '',
    agent_name: agent?.name ?? '',
    agent_role: agent?.role ?? '',
  };
}

/** As ClickHouse orders text: by its bytes. */
export function byText(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}
