import { readFileSync } from 'node:fs';
import type { Kind } from '../../schemas/webhooks.ts';
import type { Random } from './random.ts';

/** A webhook to send. */
export type Webhook = {
  readonly kind: Kind;
  readonly body: string;
  /** Whether the same body is the same event for ever, and not only for some seconds. */
  readonly hasIdentity: boolean;
};

const sample = (name: string) =>
  JSON.parse(readFileSync(new URL(`../samples/${name}.json`, import.meta.url), 'utf8'));
const SAMPLES = {
  session: sample('session'),
  resolution: sample('resolution'),
  message: sample('message'),
  logout: sample('agent-logout.agent'),
  allocation: sample('allocation'),
  button: sample('custom-button'),
};

const ROOMS = 60;
/** Sessions and messages are what most of a day's webhooks are. */
const MAKERS = [
  newSession,
  newSession,
  message,
  message,
  message,
  resolution,
  logout,
  allocation,
  button,
  unknown,
];

/**
 * The nth webhook of a run; no two are the same event.
 * @param clockMs what the sender's clock says
 */
export function webhook(random: Random, nth: number, clockMs: number): Webhook {
  return random.pick(MAKERS)(random.int(1, ROOMS), nth, clockMs);
}

/** A session of a room, whose first message was sent at a time. */
export function newSession(room: number, nth: number, clockMs: number): Webhook {
  const { payload, room_log } = SAMPLES.session;
  const sent = new Date(clockMs).toISOString();
  const body = {
    ...SAMPLES.session,
    payload: {
      ...payload,
      message: { ...payload.message, timestamp: sent, text: `halo ${nth}` },
      room: { ...payload.room, id: String(room) },
    },
    // What tells this session from another of the room that begins in the same millisecond.
    room_log: { ...room_log, created_at: new Date(Date.UTC(2024, 0, 1) + nth * 1_000).toISOString() },
  };
  return { kind: 'session', body: JSON.stringify(body), hasIdentity: true };
}

function resolution(room: number, nth: number): Webhook {
  const service = {
    ...SAMPLES.resolution.service,
    id: nth,
    room_id: String(room),
    last_comment_id: String(nth),
  };
  return { kind: 'resolution', body: JSON.stringify({ ...SAMPLES.resolution, service }), hasIdentity: true };
}

function message(room: number, nth: number, clockMs: number): Webhook {
  const { payload } = SAMPLES.message;
  const body = {
    ...SAMPLES.message,
    payload: {
      ...payload,
      room: { ...payload.room, id: room },
      message: {
        ...payload.message,
        id: nth,
        unique_temp_id: `temp-${nth}`,
        timestamp: new Date(clockMs).toISOString(),
      },
    },
  };
  return { kind: 'message', body: JSON.stringify(body), hasIdentity: true };
}

function logout(_: number, nth: number, clockMs: number): Webhook {
  const { payload } = SAMPLES.logout;
  const user = { ...payload.user, id: 1_000_000 + nth };
  const body = { ...SAMPLES.logout, payload: { ...payload, user, timestamp: Math.floor(clockMs / 1_000) } };
  return { kind: 'agent-logout', body: JSON.stringify(body), hasIdentity: true };
}

function allocation(room: number, nth: number): Webhook {
  const body = { ...SAMPLES.allocation, room_id: String(room), name: `customer ${nth}` };
  return { kind: 'allocation', body: JSON.stringify(body), hasIdentity: false };
}

function button(room: number, nth: number): Webhook {
  const body = { ...SAMPLES.button, room_id: room, notes: `pressed ${nth}` };
  return { kind: 'custom-button', body: JSON.stringify(body), hasIdentity: false };
}

function unknown(room: number, nth: number): Webhook {
  return { kind: 'unrecognized', body: JSON.stringify({ something: 'new', room, nth }), hasIdentity: false };
}
