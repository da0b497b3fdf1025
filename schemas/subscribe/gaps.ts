/** Numbers of an outbox that did not come, both ends included. */
export interface Gap {
  /** As `ce_outbox` has it: the app and a number. */
  readonly outbox: string;
  readonly from: number;
  readonly to: number;
}

interface Hole {
  readonly from: number;
  readonly to: number;
  readonly sinceMs: number;
  readonly isTold: boolean;
}

interface Outbox {
  /** Below it, numbers may have gone before anybody read them. */
  bottom: number;
  top: number;
  holes: Hole[];
}

/** More than an app has; whoever makes up others must not fill the memory. */
const MOST_OUTBOXES = 10_000;
const MOST_HOLES = 1_000;

/**
 * Which sequence numbers are missing. Each outbox numbers its events 1, 2, 3, …, whatever their kind, and topics are
 * read at different speeds: a number is missing when it stays away for long while everything else is read.
 */
export class Gaps {
  readonly #afterMs: number;
  readonly #outboxes = new Map<string, Outbox>();
  /** Outboxes that a partition has shown, of partitions whose beginning was gone before they were read. */
  readonly #shown = new Set<string>();

  /** @param afterMs how long a number may be late */
  constructor(afterMs: number) {
    this.#afterMs = afterMs;
  }

  /**
   * An event was read.
   * @param place its topic and partition
   * @param isWhole whether that partition was read from its very first message
   */
  note(
    { outbox: name, sequence }: { readonly outbox: string; readonly sequence: number },
    place: string,
    isWhole: boolean,
    nowMs: number,
  ): void {
    const outbox = this.#of(name);
    if (outbox === undefined) return;
    const showing = `${place} ${name}`;
    if (!isWhole && !this.#shown.has(showing)) {
      this.#shown.add(showing);
      raise(outbox, sequence);
    }
    if (sequence <= outbox.top) {
      fill(outbox, sequence);
      return;
    }
    const from = Math.max(outbox.top, outbox.bottom) + 1;
    if (sequence > from && outbox.holes.length < MOST_HOLES) {
      outbox.holes.push({ from, to: sequence - 1, sinceMs: nowMs, isTold: false });
    }
    outbox.top = sequence;
  }

  /** The gaps that have not been told yet and are old enough. */
  due(nowMs: number): Gap[] {
    return [...this.#outboxes].flatMap(([outbox, state]) => {
      const isDue = ({ sinceMs, isTold }: Hole) => !isTold && nowMs - sinceMs >= this.#afterMs;
      const due = state.holes.filter(isDue);
      if (due.length > 0)
        state.holes = state.holes.map((hole) => (isDue(hole) ? { ...hole, isTold: true } : hole));
      return due.map(({ from, to }) => ({ outbox, from, to }));
    });
  }

  /** Gaps that were told and are open still. */
  get open(): number {
    return [...this.#outboxes.values()].reduce(
      (sum, { holes }) => sum + holes.filter((hole) => hole.isTold).length,
      0,
    );
  }

  /** Others read part of the stream now: what did not come here may have come there. */
  forget(): void {
    this.#outboxes.clear();
    this.#shown.clear();
  }

  #of(name: string): Outbox | undefined {
    const known = this.#outboxes.get(name);
    if (known !== undefined || this.#outboxes.size >= MOST_OUTBOXES) return known;
    const outbox = { bottom: 0, top: 0, holes: [] };
    this.#outboxes.set(name, outbox);
    return outbox;
  }
}

/** Numbers below this one may have gone with the beginning of a partition. */
function raise(outbox: Outbox, sequence: number): void {
  outbox.bottom = Math.max(outbox.bottom, sequence - 1);
  outbox.holes = outbox.holes
    .filter(({ to }) => to > outbox.bottom)
    .map((hole) => ({ ...hole, from: Math.max(hole.from, outbox.bottom + 1) }));
}

function fill(outbox: Outbox, sequence: number): void {
  outbox.holes = outbox.holes.flatMap((hole) => {
    if (sequence < hole.from || sequence > hole.to) return [hole];
    const parts = [
      { ...hole, to: sequence - 1 },
      { ...hole, from: sequence + 1 },
    ];
    return parts.filter(({ from, to }) => from <= to);
  });
}
