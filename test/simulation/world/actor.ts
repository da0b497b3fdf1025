/** A program in the simulated world; what it had still to do is dropped when it dies. */
export interface Actor {
  readonly name: string;
  alive: boolean;
  /** It does nothing before that time, as a machine does that is starved of its processor. */
  stalledUntilMs?: number;
}

/** A timer, as `setTimeout` gives it in the simulated world. */
export interface Timer {
  cancelled: boolean;
}
