import { styleText } from 'node:util';

/** Shows how far a piece of work is: a bar that moves on a terminal, a line now and then where it is piped. */
export interface Progress {
  /** @param note what else to say of it, such as a rate */
  update(done: number, note?: string): void;
  /** Leaves the last state standing. */
  end(): void;
}

const BAR_WIDTH = 30;
const REDRAW_MS = 100;
const LINE_EVERY_SHARE = 0.25;

export function showProgress(
  what: string,
  total: number,
  out: NodeJS.WriteStream = process.stdout,
): Progress {
  const draw = out.isTTY ? redraw(out) : line(out);
  let last = { done: 0, note: '' };
  const text = () => {
    const share = total === 0 ? 1 : last.done / total;
    const filled = Math.floor(share * BAR_WIDTH);
    const bar = out.isTTY
      ? ` ${styleText('green', '█'.repeat(filled))}${'░'.repeat(BAR_WIDTH - filled)}`
      : '';
    const percent = `${Math.floor(share * 100)}`.padStart(3);
    return `${what.padEnd(16)}${bar} ${percent} %  ${last.done} of ${total}  ${last.note}`.trimEnd();
  };
  return {
    update: (done, note = '') => {
      last = { done, note };
      draw(text, total === 0 ? 1 : done / total);
    },
    end: () => {
      draw(text, Number.POSITIVE_INFINITY);
      if (out.isTTY) out.write('\n');
    },
  };
}

type Draw = (text: () => string, share: number) => void;

function redraw(out: NodeJS.WriteStream): Draw {
  let drawnMs = Number.NEGATIVE_INFINITY;
  return (text, share) => {
    const now = performance.now();
    if (share < Number.POSITIVE_INFINITY && now - drawnMs < REDRAW_MS) return;
    drawnMs = now;
    // Back to the start of the line, and clear what was longer.
    out.write(`\r${text()}\x1b[K`);
  };
}

function line(out: NodeJS.WriteStream): Draw {
  let drawn = '';
  let nextShare = 0;
  return (text, share) => {
    if (share < nextShare) return;
    nextShare = (Math.floor(share / LINE_EVERY_SHARE) + 1) * LINE_EVERY_SHARE;
    const now = text();
    if (now !== drawn) out.write(`${now}\n`);
    drawn = now;
  };
}
