import type { StreamEvent } from '../../schemas/event.ts';
import type { Kind } from '../../schemas/webhooks.ts';
import { type Fault, faultOf } from './faults.ts';

/** What became of a batch. Events that are in none of the lists were not sent, or not acknowledged. */
export interface Published {
  readonly acknowledged: StreamEvent[];
  /** Events that the broker will not take, each with its reason. */
  readonly refused: { readonly event: StreamEvent; readonly reason: string }[];
  /** Kinds whose topic cannot be written to now. */
  readonly held: Kind[];
  /** The last thing that went wrong, if anything did. */
  fault: Fault | undefined;
}

/** Sends events, and settles only when all of them are acknowledged by all in-sync replicas. */
export interface Sender {
  /** Rejects with whatever the client throws; what was sent of the events is then not known. */
  send(events: readonly StreamEvent[]): Promise<void>;
  /** Gives the connection up; the next send makes a new one. */
  discard(): void;
}

/**
 * Publishes a batch, in order within each kind. All goes at once; where that fails for the sake of one topic or one
 * message, the batch is taken apart until the others are through.
 */
export async function publish(sender: Sender, events: readonly StreamEvent[]): Promise<Published> {
  const published: Published = { acknowledged: [], refused: [], held: [], fault: undefined };
  const groups = [...Map.groupBy(events, ({ kind }) => kind).values()];
  if (groups.length > 1) {
    const fault = await trySend(sender, events, published);
    if (fault === undefined || fault.scope === 'cluster') return published;
  }
  for (const group of groups) {
    const reachable = await publishKind(sender, group, published);
    if (!reachable) break;
  }
  return published;
}

/** Publishes events of one kind; false when nothing more can be sent now. */
async function publishKind(
  sender: Sender,
  events: readonly StreamEvent[],
  published: Published,
): Promise<boolean> {
  const [first] = events;
  if (first === undefined || published.held.includes(first.kind)) return true;
  const fault = await trySend(sender, events, published);
  if (fault === undefined) return true;
  if (fault.scope === 'cluster') return false;
  if (fault.scope === 'topic') {
    published.held.push(first.kind);
    return true;
  }
  if (events.length === 1) {
    published.refused.push({ event: first, reason: fault.what });
    return true;
  }
  const middle = Math.ceil(events.length / 2);
  const reachable = await publishKind(sender, events.slice(0, middle), published);
  return reachable && publishKind(sender, events.slice(middle), published);
}

async function trySend(
  sender: Sender,
  events: readonly StreamEvent[],
  published: Published,
): Promise<Fault | undefined> {
  try {
    await sender.send(events);
    published.acknowledged.push(...events);
    return undefined;
  } catch (error) {
    // Never on with the same producer: it has taken its sequence numbers back, while some partitions may have kept
    // them. Other messages under those numbers would be acknowledged as repeats, and lost.
    sender.discard();
    published.fault = faultOf(error);
    return published.fault;
  }
}
