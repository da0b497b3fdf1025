import type { JsonObject } from '../../../../schemas/json.ts';
import type { UnrecognizedFact } from '../facts.ts';
import type { Random } from '../random.ts';

/** Shapes that nobody announced: an action that is new, a webhook that is new, a session without its room. */
export function unrecognizedBody({ number }: UnrecognizedFact, random: Random): JsonObject {
  return random.pick<JsonObject>([
    { type: 'auth', payload: { action: 'login', timestamp: number, user: { id: 200001 } } },
    { event: 'broadcast_finished', broadcast_id: number, sent: random.integer(10, 500) },
    {
      webhook_type: 'NEW_SESSION_WEBHOOK',
      payload: { room: { name: `simulated ${number}` } },
      room_log: null,
    },
  ]);
}
