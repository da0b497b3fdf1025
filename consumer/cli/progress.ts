const WIDTH = 24;
const LINE_EVERY_MS = 5_000;

/** Where progress is written: the terminal's error stream, so that a pipe gets the results alone. */
export type ProgressStream = Pick<NodeJS.WriteStream, 'write'> & { readonly isTTY?: boolean };

/** How far a long command is: a bar that redraws itself on a terminal, a line every five seconds elsewhere. */
export class Progress {
  readonly #stream: ProgressStream;
  #lineMs = -Infinity;

  constructor(stream: ProgressStream = process.stderr) {
    this.#stream = stream;
  }

  /** @param total as far as it is known; what is done may outgrow it */
  show(what: string, done: number, total: number): void {
    const part = total === 0 ? 1 : Math.min(1, done / total);
    const counts = `${what} ${done}/${Math.max(done, total)} (${Math.floor(part * 100)} %)`;
    if (this.#stream.isTTY) {
      const filled = Math.round(part * WIDTH);
      this.#stream.write(`\r\x1b[K[${'='.repeat(filled)}${' '.repeat(WIDTH - filled)}] ${counts}`);
    } else if (performance.now() - this.#lineMs >= LINE_EVERY_MS) {
      this.#lineMs = performance.now();
      this.#stream.write(`${counts}\n`);
    }
  }

  /** Takes the bar away, before anything else is written. */
  clear(): void {
    if (this.#stream.isTTY) this.#stream.write('\r\x1b[K');
  }
}
