import { setTimeout as sleep } from 'node:timers/promises';
import type { EachBatchPayload, KafkaMessage } from 'kafkajs';
import { decode, isQiscusEvent } from '../decode.ts';
import type { Membership } from '../group/membership.ts';
import type { Offsets } from '../group/offsets.ts';
import type { GapWatch } from './gap-watch.ts';
import { type HandleDeps, handle } from './handle.ts';
import type { Lanes } from './lanes.ts';
import type { Place, ReadBack } from './read-back.ts';

/** Other partitions of the same fetch wait for a batch no longer than this; then it steps aside. */
const STEP_ASIDE_MS = 1_000;

export interface IntakeDeps extends HandleDeps {
  readonly membership: Membership;
  readonly offsets: Offsets;
  readonly lanes: Lanes;
  readonly readBack: ReadBack;
  /** Aborted when nothing more is to be begun. */
  readonly stopping: AbortSignal;
  readonly gapWatch: GapWatch;
  readonly onBug: (error: unknown) => void;
}

/**
 * The path of a batch: what the group is done with is noted, the rest handled, each message's offset moves when it is
 * done. A partition has one batch in hand at a time; while that takes long, the others are read on.
 */
export function createIntake(deps: IntakeDeps) {
  const { membership, offsets, lanes, readBack, gapWatch, stopping } = deps;
  let inHand = 0;

  async function eachBatch(payload: EachBatchPayload): Promise<void> {
    if (stopping.aborted) return void payload.pause();
    const { signal: stay } = membership;
    const passed = await readBack.pass(payload, stay);
    const [first] = passed?.messages ?? [];
    if (passed === undefined || first === undefined) return;
    const { messages, place } = passed;
    const lasts = messages.map(({ offset }) => offset);
    const settles = offsets.takeParts(payload, { first: first.offset, lasts }, stay);
    if (settles === undefined) return;
    const isBehind = BigInt(lasts.at(-1) ?? 0) + 1n < BigInt(payload.batch.highWatermark);
    gapWatch.read(place, isBehind);
    const signals = { stay, begin: AbortSignal.any([stay, stopping]) };
    inHand += messages.length;
    const done = messages.map(async (message, at) => {
      const source = { ...place, message, content: decode(message) };
      if (isQiscusEvent(source.content)) gapWatch.note(source.content, place);
      try {
        const ending = await lanes.run(laneOf(place, message), () => handle(source, deps, signals));
        if (ending === 'done') settles[at]?.();
      } finally {
        inHand--;
      }
    });
    await orStepAside(payload, Promise.all(done).catch(deps.onBug));
  }

  return {
    eachBatch,
    /** Messages that are being handled, or wait for it. */
    get inHand() {
      return inHand;
    },
  };
}

/** Messages with the same key keep their order; one without a key has nothing to keep it with. */
function laneOf({ topic, partition }: Place, { key, offset }: KafkaMessage): string {
  return `${topic}/${partition}/${key === null ? offset : `key ${key.toString('latin1')}`}`;
}

async function orStepAside({ pause }: EachBatchPayload, done: Promise<unknown>): Promise<void> {
  const over = new AbortController();
  const late = sleep(STEP_ASIDE_MS, 'late', { signal: over.signal }).catch(() => undefined);
  const ending = await Promise.race([done, late]);
  over.abort();
  if (ending !== 'late') return;
  const resume = pause();
  void done.then(resume);
}
