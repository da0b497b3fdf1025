import type { AskError } from './ask.ts';
import { h } from './elements.ts';

/** The one place that says that something went wrong, and what to do. */
export class Notice {
  readonly #element: HTMLElement;
  readonly #retry: () => void;
  #shown: string | undefined;

  constructor(element: HTMLElement, retry: () => void) {
    this.#element = element;
    this.#retry = retry;
  }

  /** Shows a failure; undefined takes it away. */
  show(failure: AskError | undefined): void {
    this.#element.hidden = failure === undefined;
    // Said again and again, it would be read out again and again.
    if (failure?.title === this.#shown) return;
    this.#shown = failure?.title;
    if (failure === undefined) return;
    const again = h('button', { type: 'button', class: 'button' }, 'Try again');
    again.addEventListener('click', () => this.#retry());
    const words = h(
      'p',
      {},
      h('strong', {}, failure.title),
      ` ${failure.message} Numbers below are from before, of what was chosen then.`,
    );
    this.#element.replaceChildren(words, again);
  }
}
