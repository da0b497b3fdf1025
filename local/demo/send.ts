import { setTimeout as sleep } from 'node:timers/promises';
import { type Edge, post } from './edge.ts';
import type { Delivery } from './simulator/simulate.ts';

/** What became of a stream. */
export interface Tally {
  /** All that have an answer. */
  sent: number;
  /** Accepted for the first time. */
  fresh: number;
  /** Redeliveries of the stream itself that the edge knew. */
  redelivered: number;
  /** Known already, though the stream sent it for the first time. */
  known: number;
  /** Statuses of what was refused, with how often. */
  readonly refused: Map<number, number>;
  /** How often the edge was waited for. */
  pauses: number;
}

export interface SendOptions {
  /** Webhooks per second at most; absent for no bound. */
  readonly rate?: number | undefined;
  /** Requests under way at once, at most. */
  readonly lanes?: number;
  /** Told after each webhook. */
  readonly onProgress?: (tally: Readonly<Tally>) => void;
}

/**
 * Posts a stream, many at a time; what has one key goes one after the other, in the stream's order.
 * @throws Trouble as `post` does; what is under way then ends first
 */
export async function send(
  edge: Edge,
  deliveries: readonly Delivery[],
  { rate = Number.POSITIVE_INFINITY, lanes = 64, onProgress = () => {} }: SendOptions = {},
): Promise<Tally> {
  const tally: Tally = { sent: 0, fresh: 0, redelivered: 0, known: 0, refused: new Map(), pauses: 0 };
  const pace = pacer(rate);
  let isOver = false;
  const drive = async (lane: readonly Delivery[]) => {
    for (const delivery of lane) {
      await pace();
      if (isOver) return;
      await sendOne(edge, delivery, tally);
      onProgress(tally);
    }
  };
  const driving = inLanes(deliveries, lanes).map((lane) =>
    drive(lane).catch((error) => {
      isOver = true;
      throw error;
    }),
  );
  const failed = (await Promise.allSettled(driving)).find(({ status }) => status === 'rejected');
  if (failed?.status === 'rejected') throw failed.reason;
  return tally;
}

async function sendOne(edge: Edge, delivery: Delivery, tally: Tally): Promise<void> {
  const posted = await post(edge, delivery, () => {
    tally.pauses++;
  });
  tally.sent++;
  if (posted.outcome === 'refused') {
    tally.refused.set(posted.status, (tally.refused.get(posted.status) ?? 0) + 1);
  } else if (!posted.isDuplicate) tally.fresh++;
  else if (delivery.isRedelivery) tally.redelivered++;
  else tally.known++;
}

/** Splits a stream so that each key is in one lane; a new key goes to the next lane in turn. */
function inLanes(deliveries: readonly Delivery[], count: number): Delivery[][] {
  const lanes: Delivery[][] = Array.from({ length: count }, () => []);
  const laneOf = new Map<string, number>();
  for (const delivery of deliveries) {
    const key = `${delivery.app} ${delivery.key}`;
    const number = laneOf.get(key) ?? laneOf.size % count;
    laneOf.set(key, number);
    lanes[number]?.push(delivery);
  }
  return lanes;
}

/** Waits so that its callers together go on no faster than so many a second. */
function pacer(rate: number): () => Promise<void> {
  let nextMs = performance.now();
  return async () => {
    const now = performance.now();
    const dueMs = Math.max(now, nextMs);
    nextMs = dueMs + 1000 / rate;
    if (dueMs > now) await sleep(dueMs - now);
  };
}
