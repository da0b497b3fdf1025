/**
 * A support business as SQL expressions: ten apps of 60 agents and four outboxes each, rooms that come back, nine in ten
 * sessions between 8 and 20 o'clock in Jakarta. Everything is worked out from the number of a session, so that any part
 * of the history can be made for itself, in order of time, and the same numbers give the same rows.
 */

const SHARDS = 4;
/** Of 200 sessions in a row, how many each outbox of an app has. */
const SHARES: Readonly<Record<string, number>> = {
  demo: 15,
  shop: 10,
  bank: 7,
  clinic: 5,
  travel: 4,
  school: 3,
  hotel: 2,
  games: 2,
  farm: 1,
  museum: 1,
};
const APPS = Object.keys(SHARES);
const OUTBOXES = APPS.flatMap((app) => Array.from({ length: SHARDS }, () => SHARES[app] ?? 0));
/** Whose each of them is, and the how manieth of that outbox it is. */
const SLOTS = OUTBOXES.flatMap((share, outbox) =>
  Array.from({ length: share }, (_, rank) => ({ outbox: outbox + 1, rank })),
);
/** Has no divisor in common with the slots: neighbours in time are of different outboxes. */
const STRIDE = 77;

/** Of each session come ten events, so that an outbox numbers its events without gaps. */
export const EVENTS_OF_A_SESSION = 10;

/** What a history is made from. */
export interface Business {
  readonly sessions: number;
  readonly days: number;
  /** Unix seconds. */
  readonly end: number;
}

const HOUR = 3_600;
const DAY = 86_400;
const JAKARTA = 7 * HOUR;
/** The last session starts so long before the end that what follows it within minutes lies before it. */
const LAST_SECONDS = 900;

/** Days since 1970 in Jakarta, each as long as its sessions are many. */
function businessDays(unixSeconds: number): number {
  const local = unixSeconds + JAKARTA;
  const time = local % DAY;
  const night = Math.min(time, 8 * HOUR) / (8 * HOUR);
  const day = Math.min(Math.max(time - 8 * HOUR, 0), 12 * HOUR) / (12 * HOUR);
  const evening = Math.max(time - 20 * HOUR, 0) / (4 * HOUR);
  return Math.floor(local / DAY) + 0.05 * night + 0.9 * day + 0.05 * evening;
}

/** A number from 0 up to, not including, 1 that the session and the name decide. */
const chance = (name: string) => `(cityHash64('${name}', g) % 1000000) / 1000000`;

/**
 * What is true of session `g` (from 0, in order of time), as aliases for a WITH: `app`, `outbox`, `first` (its first
 * sequence number), `room_id`, `customer_id`, `customer_name`, `channel`, `channel_id`, `channel_name`, `agent_id`,
 * `agent_email`, `agent_name`, `at`, `is_resolved`, `resolved_at`, `end_at`.
 */
export function sessionAliases({ sessions, days, end }: Business): string {
  const last = businessDays(end - LAST_SECONDS);
  const list = (values: readonly (number | string)[]) =>
    `[${values.map((value) => (typeof value === 'string' ? `'${value}'` : value)).join(', ')}]`;
  return `
  1 + g * ${STRIDE} % ${SLOTS.length} AS slot,
  ${list(SLOTS.map(({ outbox }) => outbox))}[slot] AS outbox_number,
  ${list(OUTBOXES)}[outbox_number] AS share,
  intDiv(g, ${SLOTS.length}) * share + ${list(SLOTS.map(({ rank }) => rank))}[slot] AS i,
  ${EVENTS_OF_A_SESSION} * i + 1 AS first,
  1 + intDiv(outbox_number - 1, ${SHARDS}) AS app_number,
  ${list(APPS)}[app_number] AS app,
  concat(app, '/', toString((outbox_number - 1) % ${SHARDS})) AS outbox,
  -- Every twelfth comes back to a room of the last one and a half days, the others to any.
  toInt64(greatest(${sessions / days / SLOTS.length / 8} * share, 1)) AS dozens_back,
  cityHash64('back', g) AS back,
  if(i % 12 = 11, 12 * greatest(toInt64(intDiv(i, 12)) - 1 - toInt64(back % dozens_back), 0) + back % 11, i) AS guest,
  greatest(intDiv(${sessions} * share, ${2 * SLOTS.length}), 1) AS rooms,
  -- Two apps can have the same room.
  toString(${SHARDS} * (cityHash64('room', outbox_number, guest) % rooms) + (outbox_number - 1) % ${SHARDS} + 10000000) AS room_id,
  concat('628', room_id) AS customer_id,
  concat('Customer ', room_id) AS customer_name,
  cityHash64('channel', app, room_id) % 100 AS channel_chance,
  multiIf(channel_chance < 55, 'wa', channel_chance < 75, 'qiscus', channel_chance < 83, 'fb', channel_chance < 91, 'ig',
    channel_chance < 96, 'line', 'telegram') AS channel,
  toUInt64(1000 + 10 * app_number + channel_chance % 7) AS channel_id,
  concat(channel, ' ', app) AS channel_name,
  cityHash64('agent', g) % 60 AS agent_number,
  toUInt64(1000 * app_number + agent_number) AS agent_id,
  concat('agent', toString(agent_number), '@', app, '.example') AS agent_email,
  concat('Agent ', toString(agent_number)) AS agent_name,
  ${last - days} + ${days / sessions} * (g + 0.5) AS business_days,
  floor(business_days) AS day,
  business_days - day AS part,
  multiIf(part < 0.05, part / 0.05 * 8, part < 0.95, 8 + (part - 0.05) / 0.9 * 12, 20 + (part - 0.95) / 0.05 * 4) AS hours,
  fromUnixTimestamp64Milli(toInt64((day * ${DAY} - ${JAKARTA} + hours * ${HOUR}) * 1000), 'UTC') AS at,
  fromUnixTimestamp64Milli(toInt64(${end}) * 1000, 'UTC') AS end_at,
  -- Half an hour in the median, up to ten days.
  at + toIntervalMillisecond(toInt64(1000 * least(
    1800 * pow((0.0005 + ${chance('delay')}) / (1.0005 - ${chance('delay')}), 0.8), 864000))) AS resolved_at,
  ${chance('open')} < 0.95 AND resolved_at < end_at AS is_resolved`;
}

/** What the `k`-th of a session's ten events is, 0 to 9. */
export const KIND = `multiIf(
    k = 0, 'session',
    k = 1 AND is_resolved, 'resolution',
    k = 7 OR (k = 8 AND i % 2 = 0), 'allocation',
    k = 9 AND i % 10 < 6, 'custom-button',
    k = 9 AND i % 10 < 8, 'agent-logout',
    'message')`;

/** When it was received; that is when it happened, too. */
export const RECEIVED_AT = `if(kind = 'resolution', resolved_at,
    if(kind = 'session', at + toIntervalMillisecond(300), at + toIntervalSecond(k * 75)))`;

export const EVENT_ID = `lower(hex(MD5(toString(${EVENTS_OF_A_SESSION} * g + k))))`;
