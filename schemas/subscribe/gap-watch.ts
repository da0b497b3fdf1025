import type { IMemberAssignment } from 'kafkajs';
import type { EventHead } from '../event.ts';
import { KINDS } from '../webhooks.ts';
import { Gaps } from './gaps.ts';
import type { Plan } from './options.ts';
import type { Place } from './read-back.ts';

/** Looks for gaps while this member reads everything; while others read a part of it, nobody can tell. */
export class GapWatch {
  readonly #plan: Plan;
  readonly #partitions: number;
  readonly #nowMs: () => number;
  readonly #gaps: Gaps;
  /** Partitions of which there is more to read than has been. */
  readonly #behind = new Set<string>();
  #seesAll = false;

  /** @param partitions of all topics together */
  constructor(plan: Plan, partitions: number, nowMs: () => number) {
    this.#plan = plan;
    this.#partitions = partitions;
    this.#nowMs = nowMs;
    this.#gaps = new Gaps(plan.gapAfterMs);
  }

  /** A stay in the group begins, with these partitions. */
  joined(assignment: IMemberAssignment): void {
    const mine = Object.values(assignment).reduce((sum, each) => sum + each.length, 0);
    const { onGap, kinds } = this.#plan;
    this.#seesAll = onGap !== undefined && kinds.size === KINDS.length && mine >= this.#partitions;
    if (!this.#seesAll) this.#gaps.forget();
    this.#behind.clear();
  }

  /** An event was read. */
  note(event: EventHead, { topic, partition, isWhole }: Place): void {
    if (this.#seesAll) this.#gaps.note(event, `${topic}/${partition}`, isWhole, this.#nowMs());
  }

  /** A batch was read. @param isBehind whether there are more messages behind it */
  read({ topic, partition }: Place, isBehind: boolean): void {
    if (isBehind) this.#behind.add(`${topic}/${partition}`);
    else this.#behind.delete(`${topic}/${partition}`);
  }

  /** Tells what has been missing for long, once all that there is has been read. */
  tell(): void {
    const { onGap } = this.#plan;
    if (onGap === undefined || !this.#seesAll || this.#behind.size > 0) return;
    for (const gap of this.#gaps.due(this.#nowMs())) onGap(gap);
  }

  /** Gaps that were told and are open still; undefined where others read a part. */
  get open(): number | undefined {
    return this.#seesAll ? this.#gaps.open : undefined;
  }
}
