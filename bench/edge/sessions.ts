import { readFileSync } from 'node:fs';

const ROOMS = 1_000;
const SECOND_MS = 1_000;
const sample = JSON.parse(readFileSync(new URL('../../test/samples/session.json', import.meta.url), 'utf8'));

const ROOM = '{room}';
const TIME = '{time}';
const room = { ...sample.payload.room, id: ROOM };
const roomLog = { ...sample.room_log, created_at: TIME };
const template = JSON.stringify({ ...sample, payload: { ...sample.payload, room }, room_log: roomLog });

/** Gives the vendor's sample of a new session again and again, each another session in one of a thousand rooms. */
export function newSessions(): () => string {
  let n = 0;
  return () => {
    const at = new Date(Date.UTC(2026, 0) + n * SECOND_MS).toISOString();
    const body = template.replace(ROOM, `room-${n % ROOMS}`).replace(TIME, at);
    n++;
    return body;
  };
}
