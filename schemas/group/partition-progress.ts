/** A batch on its way. */
interface Batch {
  readonly first: bigint;
  readonly last: bigint;
  isSettled: boolean;
}

/** How far a partition is settled in one stay. */
export class PartitionProgress {
  readonly topic: string;
  readonly partition: number;
  /** In the order in which they were read, from the first that is not settled. */
  readonly #batches: Batch[] = [];
  #highWatermark = 0n;
  #settledTo: bigint;
  #committedTo: bigint;

  constructor(place: { readonly topic: string; readonly partition: number }, first: bigint) {
    this.topic = place.topic;
    this.partition = place.partition;
    this.#settledTo = first;
    this.#committedTo = first;
  }

  /** A batch is on its way. @returns to be called when all of it stands */
  take(first: bigint, last: bigint, highWatermark: bigint): () => void {
    const batch = { first, last, isSettled: false };
    this.#batches.push(batch);
    this.#highWatermark = highWatermark;
    return () => {
      batch.isSettled = true;
      for (let [next] = this.#batches; next?.isSettled; [next] = this.#batches) {
        this.#batches.shift();
        this.#settledTo = next.last + 1n;
      }
    };
  }

  /** The first offset that is not settled; undefined when none is on its way. */
  get unsettled(): bigint | undefined {
    return this.#batches[0]?.first;
  }

  /** Behind all that is settled. */
  get settledTo(): bigint {
    return this.#settledTo;
  }

  /** Whether the group's offset has to move. */
  get isAhead(): boolean {
    return this.#settledTo > this.#committedTo;
  }

  get isBusy(): boolean {
    return this.#batches.length > 0 || this.isAhead;
  }

  /** The group's offset has moved. */
  committed(offset: bigint): void {
    this.#committedTo = offset;
  }

  /** Messages behind the group's offset, as of the last batch read. */
  get lag(): number {
    return Number(this.#highWatermark - this.#committedTo);
  }
}
