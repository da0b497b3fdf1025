import type { EachBatchPayload, KafkaMessage } from 'kafkajs';
import type { Membership } from './intake/membership.ts';
import { readable } from './intake/records/undecodable.ts';
import { prepare } from './prepare.ts';
import { Accumulator } from './settle/accumulator.ts';
import { HeldPartitions } from './settle/held-partitions.ts';
import { bytesOf } from './settle/lots.ts';
import { heartbeatingUntil, type Stored, settle } from './settle/settle.ts';
import { createStore, type StoreDeps } from './store.ts';
import type { Work } from './work.ts';

// A quiet topic's row waits this long for company; one of a backlog does not wait, since company is already there.
const LINGER_MS = 400;
const BACKLOG_LINGER_MS = 20;
const LOT = { maxItems: 10_000, maxBytes: 8_000_000 };

export interface PipelineDeps extends StoreDeps {
  readonly membership: Membership;
}

/** A batch as far as it can be read. */
interface Reading {
  readonly payload: EachBatchPayload;
  readonly messages: readonly KafkaMessage[];
  readonly lastOffset: string;
  readonly signal: AbortSignal;
}

type Held = Extract<Stored, { readonly ending: 'held' }>;

/**
 * The path of a batch: Kafka → events → rows → ClickHouse, dead letters aside → the offset moves.
 * Nothing is acknowledged that is not stored; whatever is read twice is stored once.
 */
export function createPipeline(deps: PipelineDeps) {
  const { membership, metrics, deadLetters, log } = deps;
  const held = new HeldPartitions(deps);
  const accumulator = new Accumulator<Work>(LOT, createStore(deps)); // 6, dead letters

  async function eachBatch(payload: EachBatchPayload): Promise<void> {
    const { signal } = membership;
    const { messages, undecodable } = readable(payload.batch.messages);
    const lastOffset = messages.at(-1)?.offset;
    if (lastOffset !== undefined) return storeBatch({ payload, messages, lastOffset, signal });
    if (undecodable === undefined) return;
    const { firstOffset, lastOffset: last, reason } = undecodable;
    const where = `a batch of records cannot be read, from offset ${firstOffset} to ${last}: ${reason}`;
    // Not waited for: the other partitions of this answer would wait as well.
    void held.readLater(payload, { reason: where, messages: Number(last - firstOffset) + 1 }, signal);
  }

  async function storeBatch(reading: Reading): Promise<void> {
    const { payload, messages, signal } = reading;
    const { topic, partition } = payload.batch;
    observeLag(reading, messages.length);
    metrics.consumed.inc({ topic }, messages.length);
    const work = messages.map((message) => prepare({ topic, partition, message }, deadLetters.topic)); // 4, 5
    const stored = accumulator.add(work, sizeOf(messages), lingerOf(reading), signal);
    try {
      const ending = await heartbeatingUntil(payload, stored);
      if (ending.ending === 'stored')
        await moveOn(reading); // 7
      else if (ending.ending === 'held') await stepAside(reading, ending);
    } catch (error) {
      // The other partitions' batches wait as well, and kafkajs joins again only when all of them have ended.
      membership.renew();
      throw error;
    }
  }

  async function moveOn(reading: Reading): Promise<void> {
    await settle(reading.payload, reading.lastOffset);
    held.movedOn(reading.payload);
    observeLag(reading, 0);
    metrics.lastCommit.setToCurrentTime();
  }

  /** Lets the other partitions be read, and settles this batch once it is stored. */
  async function stepAside(reading: Reading, { hold, watch, later }: Held): Promise<void> {
    const { payload, signal } = reading;
    const bytes = sizeOf(reading.messages);
    const hasRoom = held.hasRoomFor(bytes);
    const { changed, end } = held.hold(payload, hold, bytes);
    watch(changed);
    const settled = later.then(async (ending) => {
      if (ending === 'stored' && !signal.aborted) await moveOn(reading);
    });
    if (!hasRoom) return heartbeatingUntil(payload, settled.finally(end));
    settled
      .catch((error: unknown) =>
        log.warn({ err: error }, 'a stored batch was not committed; it is read again'),
      )
      .finally(end);
  }

  function observeLag({ payload: { batch }, lastOffset }: Reading, unsettled: number): void {
    const behind = Number(BigInt(batch.highWatermark) - BigInt(lastOffset) - 1n);
    metrics.lag.set({ topic: batch.topic, partition: batch.partition }, behind + unsettled);
  }

  return { eachBatch, flush: () => accumulator.flush() };
}

function sizeOf(messages: readonly KafkaMessage[]): number {
  return messages.reduce((sum, message) => sum + bytesOf(message), 0);
}

function lingerOf({ payload: { batch }, lastOffset }: Reading): number {
  return BigInt(lastOffset) + 1n < BigInt(batch.highWatermark) ? BACKLOG_LINGER_MS : LINGER_MS;
}
