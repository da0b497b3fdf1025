import type { Delivery } from '../../local/demo/simulator/simulate.ts';
import type { StreamEvent } from '../../schemas/event.ts';
import { type EventIds, identify } from '../../schemas/identify.ts';
import { type JsonObject, parseJson } from '../../schemas/json.ts';
import { type Recognized, recognize } from '../../schemas/recognize.ts';
import { isPlausible } from '../../schemas/values.ts';

/** A simulated webhook as the edge sees it: what it is recognized as, and the ids it gets. */
export interface Arrived {
  readonly delivery: Delivery;
  readonly recognized: Recognized;
  readonly ids: EventIds;
}

export function arrive(delivery: Delivery): Arrived {
  const { app, body, receivedMs } = delivery;
  const recognized = recognize(parseJson(body) as JsonObject);
  return { delivery, recognized, ids: identify({ app, recognized, body, receivedMs }) };
}

/** The event that the edge makes of it. */
export function eventOf({ delivery, recognized, ids }: Arrived): StreamEvent {
  const { app, receivedMs, body } = delivery;
  const isFact = recognized.kind !== 'unrecognized';
  const times = isFact ? recognized.times : [];
  return {
    id: ids.id,
    app,
    kind: recognized.kind,
    subject: isFact ? recognized.subject : ids.id,
    occurredMs: times.find((ms) => isPlausible(ms, receivedMs)) ?? receivedMs,
    receivedMs,
    outbox: `${app}/0`,
    sequence: 1,
    payload: body,
  };
}
