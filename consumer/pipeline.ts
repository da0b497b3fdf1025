import type { EachBatchPayload, KafkaMessage } from 'kafkajs';
import type { Membership } from '../schemas/group/membership.ts';
import { Offsets, type OffsetsWatch } from '../schemas/group/offsets.ts';
import { readable, type Undecodable } from './intake/records/undecodable.ts';
import { type Memory, PackedBatch } from './packed-batch.ts';
import { Accumulator, type Limits } from './settle/accumulator.ts';
import { HeldPartitions } from './settle/held-partitions.ts';
import { heartbeatingUntil, type Stored } from './settle/settle.ts';
import { createStore, type StoreDeps } from './store.ts';

// Large parts are cheap for ClickHouse, and small lots for memory. Ten lots a second are what its merges take for long.
const LIMITS: Limits = { maxItems: 15_000, maxBytes: 12_000_000, maxStores: 1, lingerMs: 1_000, paceMs: 100 };

export interface PipelineDeps extends StoreDeps {
  readonly membership: Membership;
  /** By default what all of the process share. */
  readonly memory?: Memory | undefined;
}

type Held = Extract<Stored, { readonly ending: 'held' }>;

/**
 * The path of a batch: Kafka → events → rows → ClickHouse, dead letters aside → the offset moves. More is read while
 * it is stored. Nothing is acknowledged that is not stored; whatever is read twice is stored once.
 */
export function createPipeline(deps: PipelineDeps) {
  const { membership, metrics, deadLetters, memory } = deps;
  const held = new HeldPartitions(deps);
  const offsets = new Offsets(watchOffsets(deps));
  const accumulator = new Accumulator(LIMITS, createStore(deps)); // 6, dead letters
  let isStopping = false;

  async function eachBatch(payload: EachBatchPayload): Promise<void> {
    if (isStopping) return void payload.pause();
    const { messages, undecodable } = readable(payload.batch.messages);
    if (messages.length > 0) return take(payload, messages);
    // Not waited for: the other partitions of this answer would wait as well.
    if (undecodable !== undefined) void readLater(payload, undecodable);
  }

  /** Settles when more may be read. */
  async function take(payload: EachBatchPayload, messages: readonly KafkaMessage[]): Promise<void> {
    const { signal } = membership;
    const { topic, partition, highWatermark } = payload.batch;
    const last = messages.at(-1)?.offset ?? '';
    const settle = offsets.take(payload, last, signal);
    if (settle === undefined) return;
    metrics.consumed.inc({ topic }, messages.length);
    const batch = new PackedBatch({ topic, partition, messages }, deadLetters.topic, memory); // 4, 5
    const { bytes } = batch;
    const hasMore = BigInt(last) + 1n < BigInt(highWatermark);
    const { room, ended } = accumulator.add(batch, bytes, hasMore, signal);
    void ended.then((ending) => {
      if (ending.ending === 'stored') moveOn(payload, settle);
      else if (ending.ending === 'held') stepAside(payload, ending, bytes, settle);
    });
    await heartbeatingUntil(
      payload,
      room.then(() => held.room),
    );
  }

  /** The other partitions are read on; this one when the batch is stored. */
  function stepAside(
    payload: EachBatchPayload,
    { hold, watch, later }: Held,
    bytes: number,
    settle: () => void,
  ): void {
    const { changed, end } = held.hold(payload, hold, bytes);
    watch(changed);
    void later.then((ending) => {
      if (ending === 'stored') moveOn(payload, settle);
      end();
    });
  }

  function moveOn(payload: EachBatchPayload, settle: () => void): void {
    settle(); // 7
    held.movedOn(payload);
  }

  function readLater(
    payload: EachBatchPayload,
    { firstOffset, lastOffset, reason }: Undecodable,
  ): Promise<void> {
    const where = `a batch of records cannot be read, from offset ${firstOffset} to ${lastOffset}: ${reason}`;
    const hold = { reason: where, messages: Number(lastOffset - firstOffset) + 1 };
    return held.readLater(payload, hold, membership.signal);
  }

  /** Takes no more. @returns when all that was taken is settled, or the stay in the group is over */
  async function stop(): Promise<void> {
    isStopping = true;
    accumulator.flush();
    await offsets.settled();
  }

  return { eachBatch, stop };
}

function watchOffsets({ log, metrics }: PipelineDeps): OffsetsWatch {
  return {
    moved: ({ topic, partition, lag }) => metrics.lag.set({ topic, partition }, lag),
    committed: () => metrics.lastCommit.setToCurrentTime(),
    refused: (error, attempt) =>
      log.warn({ err: error, attempt }, 'offsets cannot be committed yet; they are tried again'),
  };
}
