import type { EachBatchPayload } from 'kafkajs';
import type { Membership } from './intake/membership.ts';
import { type InsertDeps, insertLot } from './persist/insert-lot.ts';
import { prepare } from './prepare.ts';
import { Accumulator } from './settle/accumulator.ts';
import type { FailedWork } from './settle/dead-letter.ts';
import { type DeadLetterDeps, sendDeadLetters } from './settle/send-dead-letters.ts';
import { type Stored, settle } from './settle/settle.ts';
import type { Work } from './work.ts';

// A quiet topic's row waits this long for company; one of a backlog does not wait, since company is already there.
const LINGER_MS = 400;
const BACKLOG_LINGER_MS = 20;
const LOT = { maxItems: 10_000, maxBytes: 8_000_000 };

export interface PipelineDeps extends InsertDeps {
  readonly membership: Membership;
  readonly deadLetters: DeadLetterDeps;
  /** Told of an error that no waiting mends; must end the process. */
  readonly onFatal: (error: unknown) => void;
}

/**
 * The path of a batch: Kafka → events → rows → ClickHouse, dead letters aside → the offset moves.
 * Nothing is acknowledged that is not stored; whatever is read twice is stored once.
 */
export function createPipeline(deps: PipelineDeps) {
  const { membership, metrics, deadLetters, onFatal } = deps;
  const accumulator = new Accumulator<Work>(LOT, (lot, signal) => store(lot, signal).catch(giveUp));

  async function eachBatch(payload: EachBatchPayload): Promise<void> {
    const { topic, partition, messages } = payload.batch;
    const { signal } = membership;
    observeLag(payload, messages.length);
    metrics.consumed.inc({ topic }, messages.length);
    const work = messages.map((message) => prepare({ topic, partition, message }, deadLetters.topic)); // 4, 5
    const stored = accumulator.add(work, bytesOf(payload), lingerOf(payload), signal); // 6
    try {
      if (!(await settle(payload, stored))) return; // 7
    } catch (error) {
      // The other partitions' batches wait as well, and kafkajs joins again only when all of them have ended.
      membership.renew();
      throw error;
    }
    observeLag(payload, 0);
    metrics.lastCommit.setToCurrentTime();
  }

  async function store(lot: readonly Work[], signal: AbortSignal): Promise<Stored> {
    const inserted = await insertLot(lot, deps, signal);
    if (inserted.ending === 'abandoned') return 'abandoned';
    const refused = lot.flatMap((work) => (work.failure ? [{ work, failure: work.failure }] : []));
    const failed = [...refused, ...inserted.poison].filter(isOwn);
    if (!(await sendDeadLetters(failed, deadLetters, signal))) return 'abandoned';
    for (const { event } of lot) {
      if (event) metrics.visibleSeconds.observe((Date.now() - event.receivedMs) / 1_000);
    }
    return 'stored';
  }

  /** A dead letter that its table refuses stays in its topic: sent there again, it would go round for ever. */
  function isOwn({ work, failure }: FailedWork): boolean {
    const { topic, partition, message } = work.source;
    if (topic !== deadLetters.topic) return true;
    deps.log.error(
      { ...failure, topic, partition, offset: message.offset },
      'dead letter kept in its topic alone',
    );
    return false;
  }

  function giveUp(error: unknown): Stored {
    onFatal(error);
    return 'abandoned';
  }

  function observeLag({ batch }: EachBatchPayload, unsettled: number): void {
    const behind = Number(BigInt(batch.highWatermark) - BigInt(batch.lastOffset()) - 1n);
    metrics.lag.set({ topic: batch.topic, partition: batch.partition }, behind + unsettled);
  }

  return { eachBatch, flush: () => accumulator.flush() };
}

function bytesOf({ batch }: EachBatchPayload): number {
  return batch.messages.reduce((sum, { value }) => sum + (value?.length ?? 0), 0);
}

function lingerOf({ batch }: EachBatchPayload): number {
  return BigInt(batch.lastOffset()) + 1n < BigInt(batch.highWatermark) ? BACKLOG_LINGER_MS : LINGER_MS;
}
