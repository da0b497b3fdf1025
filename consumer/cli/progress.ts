import cliProgress from 'cli-progress';

const LINE_EVERY_MS = 5_000;

/** How a display of progress behaves. */
export interface ProgressOptions {
  /** The terminal's error stream unless another is given, so that a pipe gets the results alone. */
  readonly stream?: NodeJS.WriteStream;
  /** Leaves the last state standing when it ends. */
  readonly isKept?: boolean;
}

/**
 * How far a long command is: a bar that redraws itself on a terminal, a line every five seconds elsewhere.
 * Declare it with `using`: its timer keeps the process alive until it has ended.
 */
export class Progress implements Disposable {
  readonly #bar: cliProgress.SingleBar;
  readonly #isTerminal: boolean;

  constructor({ stream = process.stderr, isKept = false }: ProgressOptions = {}) {
    this.#isTerminal = stream.isTTY === true;
    this.#bar = new cliProgress.SingleBar({
      stream,
      format: `{what} ${this.#isTerminal ? '[{bar}] ' : ''}{value}/{total} ({percentage} %) {note}`,
      barsize: 24,
      barIncompleteChar: ' ',
      // Switched off, it would stay so in the terminal of a command that is killed.
      linewrap: true,
      // Elsewhere, a line that is kept has its end already.
      clearOnComplete: !(isKept && this.#isTerminal),
      noTTYOutput: true,
      notTTYSchedule: LINE_EVERY_MS,
    });
  }

  /** @param total as far as it is known; what is done may outgrow it @param note what else to say, such as a rate */
  show(what: string, done: number, total: number, note = ''): void {
    const most = Math.max(done, total);
    if (!this.#bar.isActive) this.#bar.start(most, done, { what, note });
    this.#bar.setTotal(most);
    this.#bar.update(done, { what, note });
  }

  /** Takes the bar away, before anything else is written; the next `show` draws it again. */
  clear(): void {
    if (this.#isTerminal) this.#bar.stop();
  }

  /** Shows the last state and lets the process end. */
  end(): void {
    this.#bar.stop();
  }

  [Symbol.dispose](): void {
    this.end();
  }
}
